"""The story, played by itself."""


def play_story(company, stop):
    return 0
