"""A port that was chosen is nobody else's, also before its server listens."""

import subprocess
import sys

from deploy.local import ports


def test_a_port_that_was_chosen_is_given_to_nobody_else() -> None:
    port = ports.free_port()
    assert ports.is_free(port), "nothing listens yet"
    claim = f"from deploy.local import ports; print([ports._claim({port}), ports._claim(1)])"
    other = subprocess.run([sys.executable, "-c", claim], capture_output=True, text=True, timeout=60, check=True)
    assert other.stdout == "[False, True]\n", "another process"
    assert not ports._claim(port), "this process"
