"""serve: the exact command or files that start a model, sized for the users, with the first request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.advise.evaluate import options_for
from osllm.advise.formats import artifact_for, engine_reason
from osllm.api import documents as doc
from osllm.api.estimating import chosen_plan, subject
from osllm.api.request import KNOBS, SHARED, check_names, knobs
from osllm.api.result import Result
from osllm.api.values import choice, many, number
from osllm.domain.plan import Memory, Plan
from osllm.domain.verdict import Caveat
from osllm.errors import RequestError
from osllm.estimate.placement import estimate_at, estimate_plan, placement_for
from osllm.estimate.possible import check_possible
from osllm.exitcodes import ExitCode
from osllm.i18n import text
from osllm.serve import artifacts, build, compose, gateway, kubernetes, ollama, systemd
from osllm.serve import capacity as sizing
from osllm.serve.job import ServeJob, ServePlan, job_for
from osllm.serve.possible import why_not
from osllm.serve.request import curl, first_request, python
from osllm.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from osllm.api.estimating import Subject
    from osllm.catalog.store import Catalog
    from osllm.domain.plan import EngineOptions
    from osllm.serve.capacity import BreakEven, Offer, Sizing

TARGETS: Final = ("command", "compose", "kubernetes", "systemd", "modelfile", "python", "curl")
OPTIONS: Final = SHARED | KNOBS | {"target", "api_price"}
OFFERS: Final = 5  # how many priced instances are shown

Document = dict[str, Any]


class Planned(NamedTuple):
    """A plan for one machine, and how many such machines the users need."""

    job: ServeJob
    memory: Memory
    sized: Sizing | None


def serve(catalog: Catalog, model: str, options: Mapping[str, Any]) -> Result:
    """How to start a model. NO when it does not fit the machine.

    Raises RequestError: what `estimate` refuses, `cannot-serve` where the engine cannot run the plan, `no-image` and
    `no-multi-node` where a target cannot be made, `not-ollama` for a Modelfile of another engine.
    """
    check_names(options, OPTIONS)
    target = choice(options, "target", TARGETS) or "command"
    api_price = number(options, "api_price", 0)
    if target == "modelfile" and not many(options.get("engine")):
        options = {**options, "engine": "ollama"}
    asked = subject(catalog, model, options)
    request, lang = asked.question.request, asked.question.request.lang
    planned = _plan(catalog, asked, options)
    job = planned.job
    _refuse(asked, why_not(job, catalog.formats()[job.plan.format]))
    server = build(job)
    files, about = _files(catalog, planned, server, target)
    capacity, advice = _capacity(catalog, asked, planned, api_price)
    document = {
        "schema": "osllm/serve@1",
        "catalog": doc.catalog_stamp(catalog),
        "machine": doc.machine_block(request.machine),
        "model": doc.model_block(job.model),
        "quantization": job.plan.format,
        "engine": server.engine,
        "target": target,
        "placement": doc.placement_block(job.plan.placement),
        "context_tokens": job.plan.context_tokens,
        "users": job.plan.users,
        "fits": planned.memory.fits,
        "command": list(server.command),
        "environment": dict(server.environment),
        "files": files,
        "notes": doc.caveat_blocks(
            (*_engine_notes(asked, server.engine), *_fit_notes(planned, target), *server.notes, *about, *advice), lang
        ),
        "weights": weights_block(job),
        "first_request": _first_request(job, server, target),
        "capacity": capacity,
    }
    return Result(document, ExitCode.OK if planned.memory.fits else ExitCode.NO, asked.notices)


def _first_request(job: ServeJob, server: ServePlan, target: str) -> Document:
    """The first request as the host sends it: of a deployment behind a gateway only that can be reached, with a key.

    Compose publishes the gateway's port; to a cluster `kubectl port-forward` opens it, as a note says.
    """
    if target not in ("compose", "kubernetes"):
        return first_request(job, server)
    door = server._replace(port=gateway.PORT, health="/health")
    return first_request(job._replace(host="127.0.0.1"), door, key_variable="API_KEY")


def _refuse(asked: Subject, obstacle: Caveat | None) -> None:
    if obstacle is not None:
        lang = asked.question.request.lang
        words = {"model": asked.model.id, "why": doc.caveat_text(obstacle, lang)}
        raise RequestError("cannot-serve", text("serve.cannot-serve", lang, **words))


def _plan(catalog: Catalog, asked: Subject, options: Mapping[str, Any]) -> Planned:
    """The plan for one machine: as many of the users as it serves, the others on further machines."""
    request, fp, model = asked.question.request, asked.footprint, asked.model
    engine, fmt = chosen_plan(catalog, asked)
    settings, tensor_parallel = knobs(options, options_for(engine, asked.question)._replace(adapter_rank=None))
    check_possible(
        fp, catalog.formats()[fmt], engine, request.machine, request.users, tensor_parallel, settings, request.lang
    )
    offload = asked.question.use_case.offload != "never"
    of = sizing.load_at(fp, fmt, engine, request.machine, request.context_tokens, settings, offload=offload)
    sized = sizing.size(of, request.users, request.min_tps if request.users > 1 else None)
    users = request.users if sized is None else sized.per_replica.users
    settings = settings._replace(slots=users)
    at = (fp, fmt, engine, request.machine, request.context_tokens, users, settings)
    if tensor_parallel is None:
        planned, memory = estimate_plan(*at, offload=offload)
        placement = kubernetes.across_nodes(planned)
        if placement != planned:
            memory = estimate_at(*at, placement)
    else:
        placement = placement_for(fp, engine, tensor_parallel)
        memory = estimate_at(*at, placement)
    plan = Plan(model.id, fmt, engine, request.context_tokens, users, placement, settings)
    return Planned(job_for(catalog, request, model, plan, artifact_for(model, fmt)), memory, sized)


def _engine_notes(asked: Subject, engine: str) -> list[Caveat]:
    """Why this engine, where nobody asked for one."""
    request = asked.question.request
    why = engine_reason(engine, request, asked.question.use_case.engines)
    return [] if why is None else [Caveat(f"engine-for-{why}", {"engine": engine, "users": request.users})]


def _fit_notes(planned: Planned, target: str) -> list[Caveat]:
    sized, gpus = planned.sized, planned.job.plan.placement.gpus
    if planned.memory.fits:
        notes = []
        if kubernetes.nodes_for(gpus) > 1 and target != "kubernetes":
            notes.append(Caveat("over-machines", {"gpus": gpus, "per_node": kubernetes.PER_NODE}))
        if sized is not None and sized.replicas > 1:
            words = {"each": sized.per_replica.users, "users": sized.users, "replicas": sized.replicas}
            notes.append(Caveat("replicas", words))
        return notes
    needs = {"needed_bytes": planned.memory.total_bytes, "usable_bytes": planned.memory.capacity_bytes}
    return [Caveat("does-not-fit", needs)]


def _files(
    catalog: Catalog, planned: Planned, server: ServePlan, target: str
) -> tuple[dict[str, str], tuple[Caveat, ...]]:
    """The files of a target, and what to know about them."""
    job = planned.job
    files: dict[str, str] = dict(server.files)
    notes: tuple[Caveat, ...] = ()
    if target == "compose":
        files, notes = compose.files(job, server)
    elif target == "kubernetes":
        size = catalog.footprint(job.model.id).file_bytes(job.plan.format)
        files, notes = kubernetes.files(job, server, size, 1 if planned.sized is None else planned.sized.replicas)
    elif target == "systemd":
        files, notes = systemd.files(job, server)
    elif target == "modelfile":
        files, notes = {"Modelfile": _modelfile(job)}, (Caveat("modelfile-start", {"name": job.model.id}),)
    elif target == "python":
        files["first_request.py"] = python(job, server)
    elif target == "curl":
        files["first_request.sh"] = f"#!/bin/sh\n{curl(job, server)}\n"
    return {**files, **artifacts.script(job)}, notes


def _modelfile(job: ServeJob) -> str:
    if job.plan.engine != "ollama":
        message = text("serve.not-ollama", job.language, engine=job.engine["name"])
        raise RequestError("not-ollama", message, hint="--engine ollama")
    return ollama.modelfile(job)


def weights_block(job: ServeJob) -> Document:
    """Where the weights are, how to download them, and how to make them where nobody published them."""
    return {
        "artifact": doc.artifact_block(job.artifact),
        "gated": job.model.gated,
        "download": [list(command) for command in artifacts.download(job)],
        "make": [list(command) for command in artifacts.make(job)],
    }


def _capacity(
    catalog: Catalog, asked: Subject, planned: Planned, api_price: float | None
) -> tuple[Document, list[Caveat]]:
    """How many machines, at what price, and whether an API would be cheaper; and what must be said about it."""
    request, job = asked.question.request, planned.job
    found = _offers(catalog, asked, job)
    notes: list[Caveat] = []
    if planned.sized is None and planned.memory.fits and request.min_tps:
        notes.append(Caveat("capacity-too-slow", {"min_tps": request.min_tps}))
    api = None
    if api_price:
        even = sizing.break_even(found[0], api_price) if found else None
        notes += _price_notes(found, even, api_price)
        api = None if even is None else api_block(even, api_price)
    document = {
        "users": request.users,
        "context_tokens": request.context_tokens,
        "min_tps": request.min_tps,
        "machine": None if planned.sized is None else sizing_block(planned.sized),
        "offers": [offer_block(o) for o in found[:OFFERS]],
        "api": api,
    }
    return document, notes


def _offers(catalog: Catalog, asked: Subject, job: ServeJob) -> list[Offer]:
    """The plan on every instance with a known price. The list has NVIDIA cards only."""
    request, plan = asked.question.request, job.plan
    if "cuda" not in job.engine["platforms"]:
        return []

    def load_on(machine: Any) -> Any:  # noqa: ANN401 - a function of a machine
        settings: EngineOptions = plan.options
        return sizing.load_on_all(asked.footprint, plan.format, plan.engine, machine, plan.context_tokens, settings)

    clouds = catalog.section("clouds") if catalog.has("clouds") else []
    return sizing.offers(clouds, catalog.gpus(), load_on, request.users, request.min_tps if request.users > 1 else None)


def _price_notes(found: list[Offer], even: BreakEven | None, api_price: float) -> list[Caveat]:
    if even is None:
        return [Caveat("price-not-known", {})]
    offer = found[0]
    own = offer.usd_per_million_tokens
    priced = {
        "instance": f"{offer.provider} {offer.instance}",
        "price": f"{offer.price_per_hour_usd:g}",
        "price_date": offer.price_date,
    }
    said = {
        "own": None if own is None else f"{own:.2f}",
        "api": f"{api_price:g}",
        "tokens": f"{even.million_tokens:,.0f}",
        "share": f"{even.share:.0%}",
    }
    code = {"api": "advice-api", "own": "advice-own", "both": "advice-both"}[even.advice]
    return [Caveat("price-as-of", priced), Caveat(code, said)]


def sizing_block(sized: Sizing) -> Document:
    """Machines for the users, and what each of them does."""
    one = sized.per_replica
    return {
        "replicas": sized.replicas,
        "users_per_replica": one.users,
        "gpus": sized.gpus,
        "decode_tps": doc.significant(one.decode_tps),
        "ttft_s": doc.significant(one.ttft_s),
        "total_tps": doc.significant(None if one.total_tps is None else one.total_tps * sized.replicas),
    }


def offer_block(offer: Offer) -> Document:
    """A rented machine that serves the users."""
    return {
        "provider": offer.provider,
        "instance": offer.instance,
        "gpu": offer.gpu,
        "gpu_count": offer.gpu_count,
        "price_per_hour_usd": offer.price_per_hour_usd,
        "price_date": offer.price_date,
        "instances": offer.instances,
        **sizing_block(offer.sizing),
        "usd_per_hour": doc.significant(offer.usd_per_hour, 4),
        "usd_per_million_tokens": doc.significant(offer.usd_per_million_tokens),
    }


def api_block(even: BreakEven, api_price: float) -> Document:
    """The comparison with a hosted API."""
    return {
        "price_per_million_tokens_usd": api_price,
        "break_even_million_tokens_per_month": doc.significant(even.million_tokens),
        "share_of_capacity": doc.significant(even.share),
        "advice": even.advice,
    }
