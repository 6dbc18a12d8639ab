"""What host applications install: the examples of the documents compile against it, and its parts load."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.node import node

WEB = Path(__file__).parent.parent.parent / "web"
# Of the host: React is never ours.
BROUGHT = ("react", "react-dom", "@types", "scheduler", "csstype")
OPTIONS = {
    "target": "ES2022",
    "module": "ESNext",
    "moduleResolution": "bundler",
    "jsx": "react-jsx",
    "lib": ["ES2023", "DOM", "DOM.Iterable"],
    "types": [],
    "strict": True,
    "noEmit": True,
}


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An application with the package in its node_modules, as `npm pack` makes it."""
    folder = tmp_path_factory.mktemp("host")
    pack = ["npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", str(folder)]
    subprocess.run(pack, cwd=WEB, capture_output=True, check=True)
    [packed] = folder.glob("*.tgz")
    (folder / "node_modules").mkdir()
    subprocess.run(["tar", "-xzf", packed, "-C", folder / "node_modules"], check=True)
    (folder / "node_modules" / "package").rename(folder / "node_modules" / "colloque-web")
    for name in BROUGHT:
        (folder / "node_modules" / name).symlink_to(WEB / "node_modules" / name)
    for example in (WEB / "tests" / "examples").glob("*.tsx"):
        shutil.copy(example, folder)
    (folder / "package.json").write_text('{"type": "module"}', "utf-8")
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": OPTIONS, "include": ["*.tsx"]}), "utf-8")
    return folder


def test_the_examples_compile_against_its_types(host: Path) -> None:
    compiler = WEB / "node_modules" / "typescript" / "bin" / "tsc"
    done = subprocess.run([node(), str(compiler)], cwd=host, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_its_parts_load_with_the_react_of_the_host(host: Path) -> None:
    script = """
      const parts = await Promise.all(["sdk", "hooks", "react"].map((name) => import(`colloque-web/${name}`)));
      console.log(JSON.stringify(parts.map((part) => Object.keys(part))));
    """
    done = subprocess.run(
        [node(), "--input-type=module", "-e", script], cwd=host, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    sdk, hooks, react = json.loads(done.stdout)
    assert {"createMessaging", "MessagingError"} <= set(sdk)
    assert {"useConversations", "useConversation", "useUnreadCount", "usePresence", "useConnectionStats"} <= set(hooks)
    assert set(react) == {"ColloqueProvider", "MessagingButton", "SecureMessaging"}


def test_no_part_brings_a_react_of_its_own(host: Path) -> None:
    built = host / "node_modules" / "colloque-web" / "dist" / "embed"
    parts = [built / f"{name}.js" for name in ("sdk", "hooks", "react")]
    assert all("react.transitional.element" not in path.read_text("utf-8") for path in parts)
    assert "react.transitional.element" in (built / "colloque.js").read_text("utf-8")
