"""Becomes another program that ends when its parent ends.

``python leash.py SIGNAL USER PROGRAM ARGUMENT…``: the kernel sends SIGNAL to PROGRAM when the process that
started it is gone, however it went, so that no engine outlives a supervisor that was killed. USER (or ``-``)
is whom to become first: PostgreSQL refuses to run as root. Where the kernel cannot do this (not Linux), the
next start finds what was left behind by its process id.
"""

import ctypes
import os
import pwd
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    signal_number, user, *program = sys.argv[1:]
    if user != "-":
        entry = pwd.getpwnam(user)
        os.initgroups(user, entry.pw_gid)
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)
    if sys.platform == "linux":
        # After the change of user, which would clear it.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)
        if os.getppid() == 1:
            raise SystemExit("the supervisor is gone")
    os.execvp(program[0], program)  # noqa: S606 - to become the program is the purpose


if __name__ == "__main__":
    main()
