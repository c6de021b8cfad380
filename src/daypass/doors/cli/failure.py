"""What ends a command: one sentence for the person, an exit code for the shell."""


class Failure(Exception):
    """The command cannot go on."""

    def __init__(self, sentence: str, *, exit_code: int = 1, code: str = "", field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.exit_code = exit_code
        self.code = code
        """The service's word for it, when the service refused."""
        self.field = field
        """What stands in the way, when the service refused for one thing."""
