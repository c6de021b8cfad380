"""Set-up beside another program that installs Debian packages; apt and dpkg stand in, and answer as they would."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts/unpack-debian.sh"
APT = """#!/bin/sh
case "$*" in
*" install -s "*)
    if [ -e "$DPKG_ADMINDIR/half-installed" ]; then
        rm "$DPKG_ADMINDIR/half-installed"
        echo "E: Unmet dependencies." >&2
        exit 100
    fi
    echo "Inst wanted (1.0 Debian)" ;;
*" download "*) touch wanted.deb ;;
esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with nothing but the script, and the programs of Debian beside it."""
    for name, text in {"apt-get": APT, "apt-cache": "#!/bin/sh\n", "dpkg": "#!/bin/sh\n"}.items():
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(text)
        program.chmod(0o755)
    (tmp_path / "scripts").mkdir()
    shutil.copy(SCRIPT, tmp_path / "scripts")
    for lock in ("lock", "lock-frontend"):
        path = tmp_path / "dpkg" / lock
        path.parent.mkdir(exist_ok=True)
        path.touch()
    return tmp_path


@contextmanager
def unpacking(checkout: Path, **more: str) -> Iterator["subprocess.Popen[str]"]:
    """Unpack a package there."""
    environment = {
        "PATH": f"{checkout / 'bin'}:{os.environ['PATH']}",
        "DPKG_ADMINDIR": str(checkout / "dpkg"),
        **more,
    }
    with subprocess.Popen(
        [checkout / "scripts/unpack-debian.sh", "server", "nothing", "wanted"],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def said(process: "subprocess.Popen[str]") -> str:
    """The next line that it says."""
    assert process.stderr is not None
    return process.stderr.readline()


@pytest.mark.parametrize("lock", ["lock-frontend", "lock"])
def test_set_up_waits_while_another_program_installs_packages_and_says_so(checkout: Path, lock: str):
    """As apt and dpkg hold their locks; when they are free it goes on."""
    with (checkout / "dpkg" / lock).open("w") as held:
        fcntl.lockf(held, fcntl.LOCK_EX)
        with unpacking(checkout) as process:
            line = said(process)
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(timeout=0.5)
            fcntl.lockf(held, fcntl.LOCK_UN)
            code = process.wait(timeout=60)

    assert line == (
        "set-up: another program is installing Debian packages; waiting until it has ended, 600 s at most\n"
    )
    assert (code, (checkout / ".servers/server").is_dir()) == (0, True)


def test_set_up_does_not_wait_for_ever(checkout: Path):
    """After its limit it says what is in the way, and what to do."""
    with (checkout / "dpkg/lock").open("w") as held:
        fcntl.lockf(held, fcntl.LOCK_EX)
        with unpacking(checkout, SETUP_PATIENCE_S="1") as process:
            lines = [said(process), said(process)]
            code = process.wait(timeout=60)

    assert code == 1
    assert "for 1 s; try again when it has ended" in lines[1]


def test_packages_that_were_half_installed_a_moment_ago_are_looked_at_again(checkout: Path):
    """Somebody may begin, and end, between the look at the locks and that at the packages."""
    (checkout / "dpkg/half-installed").touch()
    with unpacking(checkout) as process:
        assert process.wait(timeout=60) == 0
