"""The command line `ridealong`: machine output on stdout, words for people on stderr.

Exit status 0 good, 1 the work failed, 2 bad usage or bad input (one line: what, where, how to
mend). Each command imports what it needs when it runs, so that `--help` answers at once.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

Command = Callable[[argparse.Namespace], int]


class UsageError(Exception):
    """Bad usage or bad input: one line for people, exit status 2."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; a bare `ridealong` serves."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in _ABOUT):
        arguments.insert(0, "serve")
    parser = _parser()
    try:
        options = parser.parse_args(arguments)
        command: Command = options.command
        return command(options)
    except UsageError as problem:
        print(f"ridealong: {problem}", file=sys.stderr)
        return 2
    except SystemExit as stop:  # argparse has said what is wrong
        return stop.code if isinstance(stop.code, int) else 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `ridealong … | head`
        return 0


_ABOUT = ("-h", "--help", "--version")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line instead of the whole usage."""
        raise UsageError(f"{message} (see {self.prog} --help)")


def _parser() -> argparse.ArgumentParser:
    from server.app_version import product_version

    parser = _Parser(prog="ridealong", description="Talk with the car while it drives.")
    parser.add_argument("--version", action="version", version=f"ridealong {product_version()}")
    commands = parser.add_subparsers(dest="name", required=True, parser_class=_Parser)
    for add in (_serve, _decide, _drive, _hear, _speak, _replay, _bench, _doctor, _train):
        add(commands)
    return parser


def _new(commands: Any, name: str, run: Command, text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(command=run)
    return parser


# ---------------------------------------------------------------------- arguments


def _service_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port (default 8765)")
    parser.add_argument("--no-open", action="store_true", help="do not open a browser")


def _serve(commands: Any) -> None:
    parser = _new(commands, "serve", run_serve, "the service and the web cabin")
    parser.add_argument("--scenario", metavar="NAME", help="name, or path of a scenario file")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--model", metavar="NAME", help="driving model")
    _service_arguments(parser)
    parser.add_argument("--cameras", metavar="WxH", help="camera size, or off")
    parser.add_argument("--record", type=Path, metavar="FOLDER", help="record every drive")
    parser.add_argument("--recogniser", metavar="NAME", help="speech recogniser, or off")
    parser.add_argument("--voice", metavar="NAME", help="voice, or off")
    parser.add_argument("--hands-free", action="store_true", default=None)


def _decide(commands: Any) -> None:
    text = "the Mode Expert over JSON lines from stdin"
    parser = _new(commands, "decide", run_decide, text)
    parser.add_argument("--scene", type=Path, metavar="FILE", help="scene facts for every line")


def _drive(commands: Any) -> None:
    parser = _new(commands, "drive", run_drive, "a drive without a browser, with a report")
    parser.add_argument("--scenario", required=True, metavar="NAME")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--seconds", type=float, help="how long (default: the scenario's length)")
    for name, about in (("--say", "words at scenario second T"), ("--ask", "a question then")):
        parser.add_argument(name, action="append", default=[], metavar="T:TEXT", help=about)
    parser.add_argument("--model", metavar="NAME", default="classical")
    parser.add_argument("--as-fast-as-possible", action="store_true", dest="fast")
    parser.add_argument("--report", type=Path, metavar="OUT.json", help="default: stdout")
    parser.add_argument("--record", type=Path, metavar="OUT.mcap")
    parser.add_argument("--log", type=Path, metavar="OUT.jsonl", help="one situation a line")
    parser.add_argument("--no-cameras", action="store_true", help="record without pictures")


def _hear(commands: Any) -> None:
    parser = _new(commands, "hear", run_hear, "what the recogniser makes of WAV files")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")


def _speak(commands: Any) -> None:
    parser = _new(commands, "speak", run_speak, "a WAV file of what the voice makes of a text")
    parser.add_argument("text")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.wav")


def _replay(commands: Any) -> None:
    parser = _new(commands, "replay", run_replay, "opens a recorded drive in the web cabin")
    parser.add_argument("file", type=Path, metavar="FILE.mcap")
    parser.add_argument(
        "--verify", action="store_true", help="judge every recorded utterance again and compare"
    )
    _service_arguments(parser)


def _bench(commands: Any) -> None:
    parser = _new(commands, "bench", run_bench, "benchmarks; without a name: what there is")
    parser.add_argument("names", nargs=argparse.REMAINDER, metavar="NAME [OPTIONS]")


def _doctor(commands: Any) -> None:
    parser = _new(commands, "doctor", run_doctor, "what can run here, and why the rest cannot")
    parser.add_argument("--json", action="store_true", dest="as_json")


def _train(commands: Any) -> None:
    parser = _new(commands, "train", run_train, "makes a shipped weight file again")
    parser.add_argument("weights", metavar="NAME")


# ---------------------------------------------------------------------- commands


def run_serve(options: argparse.Namespace) -> int:
    from server.serve import serve

    return serve(
        scenario=options.scenario,
        seed=options.seed,
        model=options.model,
        host=options.host,
        port=options.port,
        open_browser=False if options.no_open else None,
        cameras=options.cameras,
        record=options.record,
        recogniser=options.recogniser,
        voice=options.voice,
        hands_free=options.hands_free,
    )


def run_decide(options: argparse.Namespace) -> int:
    from modes.decide import main as decide_lines

    return decide_lines(options.scene, sys.stdin, sys.stdout)


def run_drive(options: argparse.Namespace) -> int:
    from server.drive_command import drive_command

    try:
        report = drive_command(options)
    except ValueError as problem:
        raise UsageError(str(problem)) from None
    except OSError as problem:
        raise UsageError(f"{problem.filename}: {(problem.strerror or '').lower()}") from None
    text = json.dumps(report, indent=2, ensure_ascii=False)
    if options.report is None:
        print(text)
    else:
        _write(options.report, text + "\n")
    return 0


def run_hear(options: argparse.Namespace) -> int:
    from server.speech_commands import hear

    return hear(options.files)


def run_speak(options: argparse.Namespace) -> int:
    from server.speech_commands import speak

    return speak(options.text, options.output)


def run_replay(options: argparse.Namespace) -> int:
    if options.verify:
        from server.verify import verify

        return verify(options.file)
    from server.serve import replay

    return replay(
        options.file,
        host=options.host,
        port=options.port,
        open_browser=False if options.no_open else None,
    )


def run_bench(options: argparse.Namespace) -> int:
    from server.bench_command import bench

    return bench(options.names)


def run_doctor(options: argparse.Namespace) -> int:
    from server.doctor import report

    text, status = report(as_json=options.as_json)
    print(text)
    if not options.as_json:
        from server.settings import SettingsError, load_settings

        try:
            shown = load_settings().shown()
        except SettingsError as problem:
            raise UsageError(str(problem)) from None
        print("settings: " + ", ".join(f"{k}={v}" for k, v in shown.items() if v is not None))
    return status


def run_train(options: argparse.Namespace) -> int:
    from server.train_command import train

    return train(options.weights)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise UsageError(f"{path}: {(problem.strerror or str(problem)).lower()}") from None
