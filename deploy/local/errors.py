"""What can go wrong with the local stack, said to the person at the keyboard."""


class LocalError(Exception):
    """A sentence that says what happened and what to do; shown as one line, without a trace."""

    def __init__(self, message: str, *, wrong_use: bool = False) -> None:
        super().__init__(" ".join(message.split()))
        self.wrong_use = wrong_use
        """True when the caller asked for something impossible (exit code 2), False when the machine refused (1)."""
