"""One function per question. The command line and `import osllm` both come in here.

Keyword arguments are the command line's long options with `_` for `-`. Every function answers with a `Result`:
`to_dict()` is the JSON document, `exit_code` what the program would exit with, `notices` what it would say on stderr.
Raises `osllm.OsllmError` and its subclasses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from osllm.api.result import Result
    from osllm.catalog.store import Catalog


def load_catalog(catalog: str | Iterable[str] | None = None) -> Catalog:
    """Open the shipped catalog, with the entries of the directories in `catalog` laid over it by id.

    Raises CatalogError: `catalog-missing`, `catalog-corrupt`, or the problems of an overlay that does not validate.
    """
    from osllm.api.catalogs import load_catalog as load
    from osllm.api.values import many

    return load(many(catalog))


def _opened(options: dict[str, Any]) -> Catalog:
    return load_catalog(options.pop("catalog", None))


def recommend(**options: Any) -> Result:  # noqa: ANN401 - the command line's options, checked by name and value
    """Rank the models for a use case on a machine: document `osllm/recommendation@1`."""
    from osllm.api.recommending import recommend as answer

    return answer(_opened(options), options)


def explain(model: str | Iterable[str], **options: Any) -> Result:  # noqa: ANN401
    """Say where a model stands, why, and what would change it: document `osllm/explanation@1`."""
    from osllm.api.explaining import explain as answer

    return answer(_opened(options), model, options)


def compare(models: Iterable[str], **options: Any) -> Result:  # noqa: ANN401
    """Set models side by side on one machine: document `osllm/comparison@1`."""
    from osllm.api.comparing import compare as answer

    return answer(_opened(options), tuple(models), options)


def estimate(model: str, **options: Any) -> Result:  # noqa: ANN401
    """Work out memory, largest context and speed of one plan: document `osllm/estimate@1`."""
    from osllm.api.estimating import estimate as answer

    return answer(_opened(options), model, options)


def quants(model: str, **options: Any) -> Result:  # noqa: ANN401
    """List every format of a model with size, loss and fit: document `osllm/quants@1`."""
    from osllm.api.estimating import quants as answer

    return answer(_opened(options), model, options)


def serve(model: str, **options: Any) -> Result:  # noqa: ANN401
    """Give the exact command or files that serve a model: document `osllm/serve@1`."""
    from osllm.api.serving import serve as answer

    return answer(_opened(options), model, options)


def list_models(**options: Any) -> Result:  # noqa: ANN401
    """List the catalog's models that pass the filters: document `osllm/models@1`."""
    from osllm.api.browsing import list_models as answer

    return answer(_opened(options), options)


def show_model(model: str, **options: Any) -> Result:  # noqa: ANN401
    """Show every fact about a model with its source: document `osllm/model@1`."""
    from osllm.api.browsing import show_model as answer

    return answer(_opened(options), model, options)


def list_gpus(**options: Any) -> Result:  # noqa: ANN401
    """List the known accelerators: document `osllm/gpus@1`."""
    from osllm.api.browsing import list_gpus as answer

    return answer(_opened(options), options)


def show_gpu(gpu: str, **options: Any) -> Result:  # noqa: ANN401
    """Show one accelerator: document `osllm/gpu@1`."""
    from osllm.api.browsing import show_gpu as answer

    return answer(_opened(options), gpu, options)


def detect_gpus(**options: Any) -> Result:  # noqa: ANN401
    """Say what this machine has: document `osllm/gpus@1`; exit code NO where no accelerator was found."""
    from osllm.api.browsing import detect_gpus as answer

    return answer(_opened(options), options)


def use_cases(**options: Any) -> Result:  # noqa: ANN401
    """List the use cases with gates, weights and defaults: document `osllm/use-cases@1`."""
    from osllm.api.browsing import use_cases as answer

    return answer(_opened(options), options)


def show_use_case(name: str, **options: Any) -> Result:  # noqa: ANN401
    """Show one use case: document `osllm/use-cases@1` with one entry."""
    from osllm.api.browsing import show_use_case as answer

    return answer(_opened(options), name, options)


def check_license(model: str | Iterable[str] = (), **options: Any) -> Result:  # noqa: ANN401
    """Judge a use under every licence of every model: document `osllm/license-check@1`."""
    from osllm.api.licenses import check_license as answer

    models = (model,) if isinstance(model, str) else tuple(model)
    return answer(_opened(options), models, options)


def license_show(key: str, **options: Any) -> Result:  # noqa: ANN401
    """Show all rights and duties of a licence in words: document `osllm/license@1`."""
    from osllm.api.licenses import license_show as answer

    return answer(_opened(options), key, options)


def license_list(**options: Any) -> Result:  # noqa: ANN401
    """List the licences: document `osllm/licenses@1`."""
    from osllm.api.licenses import license_list as answer

    return answer(_opened(options), options)


def license_diff(first: str, second: str, **options: Any) -> Result:  # noqa: ANN401
    """Show what differs between two licences: document `osllm/license-diff@1`."""
    from osllm.api.licenses import license_diff as answer

    return answer(_opened(options), first, second, options)


def license_policy_init(**options: Any) -> Result:  # noqa: ANN401
    """Write a commented policy that holds the facts given."""
    from osllm.api.licenses import license_policy_init as answer

    return answer(options)


def license_policy_check(file: str, **options: Any) -> Result:  # noqa: ANN401
    """Check a policy file: document `osllm/policy-check@1`."""
    from osllm.api.licenses import license_policy_check as answer

    return answer(file, options)


def catalog_validate(paths: Iterable[str] = (), **options: Any) -> Result:  # noqa: ANN401
    """Check catalog files, reporting every problem at once: document `osllm/catalog-validation@1`."""
    from osllm.api.catalogs import catalog_validate as answer

    return answer(tuple(paths), options)


def catalog_stats(**options: Any) -> Result:  # noqa: ANN401
    """Count what the catalog holds: document `osllm/catalog-stats@1`."""
    from osllm.api.catalogs import catalog_stats as answer

    return answer(_opened(options), options)


def catalog_path(**options: Any) -> Result:  # noqa: ANN401
    """Say which compiled catalog is read: document `osllm/catalog-path@1`."""
    from osllm.api.catalogs import catalog_path as answer

    return answer(_opened(options), options)


def schema(name: str | None = None, **options: Any) -> Result:  # noqa: ANN401
    """Give the JSON Schema of an output or of a catalog file; without a name, the list of names."""
    from osllm.api.schemas import schema as answer

    return answer(name, options)
