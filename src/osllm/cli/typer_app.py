"""The same commands for Typer: help, completion and every line that `parse` declines.

Only the public surface of `typer.core` is used: groups answer `list_commands` and `get_command` lazily, and pages of
help are written by `osllm.cli.help`, which knows that a Japanese character is two columns wide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_install_completion_arguments

from osllm.cli import tree
from osllm.cli.help import command_page, group_page, summary
from osllm.cli.options import COMMON, OPTIONS, SHORT, flag
from osllm.i18n import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from osllm.cli.session import Session
    from osllm.cli.spec import Argument, Command

Reading = tuple["Command", dict[str, Any]]


def interpret(argv: list[str], session: Session) -> Reading | int:
    """Read a command line. Returns the command and its values, or an exit code when help or completion was given.

    Raises typer.TyperException for a line that is wrong.
    """
    common: dict[str, Any] = {}
    group = _Group(tree.TREE, "", session, common)
    outcome = group.main(args=argv, prog_name="osllm", complete_var="_OSLLM_COMPLETE", standalone_mode=False)
    if not isinstance(outcome, tuple):
        return int(outcome or 0)
    command, values = outcome
    return command, {**common, **values}


class _Command(TyperCommand):
    """A command whose page of help is ours."""

    def __init__(self, spec: Command, session: Session) -> None:
        self.spec = spec
        self.session = session

        def collect(**values: Any) -> Reading:  # noqa: ANN401 - whatever Typer read
            return spec, _given(values, keep={a.name for a in spec.arguments})

        super().__init__(
            spec.path.rpartition(" ")[2],
            callback=collect,
            params=[
                *(_argument(a) for a in spec.arguments),
                *_options((*spec.options, *spec.own, *COMMON), spec.own, session.lang),
            ],
            help=summary(spec.path, session.lang),
            rich_markup_mode=None,
            context_settings={"help_option_names": ["-h", "--help"]},
        )

    def format_help(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]  # noqa: ANN401, ARG002
        """Write our page in place of Typer's."""
        formatter.write(command_page(self.spec, self.session.lang, self.session.screen.width))


class _Group(TyperGroup):
    """A group that builds a command only when it is asked for."""

    def __init__(self, node: dict[str, tree.Node], path: str, session: Session, common: dict[str, Any]) -> None:
        self.node = node
        self.path = path
        self.session = session
        self.common = common

        def collect(**values: Any) -> Reading | None:  # noqa: ANN401 - whatever Typer read
            common.update(_given(values))
            default = node.get("")
            return (tree.command(path, default), {}) if isinstance(default, str) else None

        bare = node.get("")
        own = tree.command(path, bare).options if isinstance(bare, str) else ()
        super().__init__(
            name=path.rpartition(" ")[2] or "osllm",
            callback=collect,
            params=[*_options((*own, *COMMON), {}, session.lang), *(() if path else _root_options(session))],
            help=summary(path, session.lang),
            invoke_without_command="" in node,
            no_args_is_help="" not in node,
            rich_markup_mode=None,
            context_settings={"help_option_names": ["-h", "--help"]},
        )

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # noqa: ARG002
        """Return the names of the commands, in the order of the table."""
        return [name for name in self.node if name]

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:  # type: ignore[override]  # noqa: ANN401, ARG002
        """Build one command, None if there is none of this name."""
        node = self.node.get(cmd_name) if cmd_name else None
        path = f"{self.path} {cmd_name}".strip()
        if isinstance(node, dict):
            return _Group(node, path, self.session, self.common)
        return None if node is None else _Command(tree.command(path, node), self.session)

    def format_help(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]  # noqa: ANN401
        """Write our page in place of Typer's."""
        formatter.write(group_page(self.path, self.list_commands(ctx), self.session.lang, self.session.screen.width))


def _given(values: dict[str, Any], keep: Iterable[str] = ()) -> dict[str, Any]:
    kept = frozenset(keep)
    return {name: value for name, value in values.items() if name in kept or (value is not None and value != ())}


def _argument(argument: Argument) -> TyperArgument:
    return TyperArgument(
        param_decls=[argument.name],
        metavar=argument.metavar,
        required=argument.required,
        nargs=-1 if argument.many else 1,
    )


def _options(names: Iterable[str], own: Mapping[str, tuple[str, str]], lang: str) -> list[TyperOption]:
    found = []
    for name in names:
        kind, metavar = own.get(name) or OPTIONS[name]
        long = flag(name)
        shorts = [short for short, option in SHORT.items() if option == name]
        declaration = f"{long}/--no-{long[2:]}" if kind == "switch" else long
        bare = kind in ("flag", "switch")
        choices = metavar.split("|") if "|" in metavar else []
        found.append(
            TyperOption(
                param_decls=[name, declaration, *shorts],
                is_flag=bare,
                multiple=kind == "many",
                metavar=None if bare else metavar,
                help=text(f"cli.option.{name}", lang),
                autocompletion=(lambda _ctx, _args, _start, words=choices: words) if choices else None,
            )
        )
    return found


def _root_options(session: Session) -> list[Any]:
    def show_version(_ctx: object, _param: object, value: bool | None) -> None:
        if value:
            from osllm.cli.version import show

            raise typer.Exit(show(session))

    version = TyperOption(
        param_decls=["version", "--version", "-V"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=show_version,
        help=text("cli.option.version", session.lang),
    )
    return [version, *get_install_completion_arguments()]
