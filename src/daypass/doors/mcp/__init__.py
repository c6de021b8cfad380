"""What an agent is given: tools to ask with, and none to decide with."""
