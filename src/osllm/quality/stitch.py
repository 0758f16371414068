"""Item-response stitching: one ability per model and skill from tables that share only some of their models.

For a result of model i on benchmark b of skill s, on the log-odds scale:

    z = a[b] * (theta[i, s] + shift[s] * non-thinking) - d[b] + bias[developer] * own + noise[b]

    theta[i] = X[i] beta + developer + family + root + e[i],    e[i] ~ N(0, Sigma) over the skills

a and d (slope and difficulty) belong to a benchmark version; the noise is Student-t. Size, date and kind set the mean that a
model without results would have; relatives and results move it. Sigma carries a result from one skill to another. Everything
is fitted by expectation-conditional-maximisation in a fixed order and a fixed number of rounds: equal input, equal bits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from operator import add
from typing import Final

from osllm.quality import prior
from osllm.quality.ability import INDEX, Ability, Fit, Item
from osllm.quality.linear import backward, cholesky, dot, forward, solve
from osllm.quality.observe import ModelFacts, Observation
from osllm.quality.skills import SKILLS
from osllm.tuples import NamedTuple


class Settings(NamedTuple):
    """The constants of the model; chosen on held-out tables by scripts/evaluate_ranking.py."""

    rounds: int = 24
    spread: float = 0.4  # variance between models of one size and date, in squared logits
    general: float = 0.6
    cluster: float = 0.2
    covariance_weight: float = 40.0  # models that the starting covariance counts as
    slope_sd: float = 0.15  # of a benchmark's slope around 1
    noise: float = 0.45  # expected sd of one result, in logits
    noise_weight: float = 10.0  # results that the expected noise counts as
    tail: float = 5.0  # degrees of freedom of the noise
    shared_error: float = 0.7  # correlation of errors of one model within one series and skill
    reported_noise: float = 6.0  # variance factor of a developer's own figures
    own_noise: float = 3.0  # the same for its own models in a table in which it measured others' too
    bias_sd: float = 0.2  # of a developer's optimism, in logits
    pooling: float = 30.0  # models that the size and date effects of all skills count as in each skill
    ridge: float = 0.5
    min_slope: float = 0.2


DEFAULT: Final = Settings()


class _State:
    """The fit in progress."""

    def __init__(
        self, rows: Sequence[Observation], models: Sequence[ModelFacts], s: Settings, emphasis: Mapping[str, float]
    ) -> None:
        self.s = s
        self.models = models
        known = [y for y in (prior.years(m.released) for m in models) if y is not None]
        typical = prior.mean(known)
        lines = prior.lineages(models)
        self.x = {m.id: prior.features(m, lines[m.id], typical) for m in models}
        self.groups = {name: line.groups for name, line in lines.items()}
        self.rows = rows
        self.skill = [INDEX[r.skill] for r in rows]
        self.off = [float(r.mode == "non-thinking") for r in rows]
        developer = {m.id: m.developer for m in models}
        self.own = [None if r.independent else developer[r.model] for r in rows]
        self.inflate = [s.reported_noise if r.reported else 1.0 if r.independent else s.own_noise for r in rows]
        self.by_model: dict[str, list[int]] = defaultdict(list)
        self.by_item: dict[str, list[int]] = defaultdict(list)
        for n, r in enumerate(rows):
            self.by_model[r.model].append(n)
            self.by_item[r.benchmark].append(n)
        self.share = [c * emphasis.get(r.table, 1.0) for c, r in zip(self._shares(), rows, strict=True)]
        self.weight = [1.0] * len(rows)
        self.sigma = prior.starting_covariance(s.spread, s.general, s.cluster)
        self.start = [list(row) for row in self.sigma]
        self.effect: dict[tuple[str, str], list[float]] = {}
        self.members: dict[tuple[str, str], list[str]] = defaultdict(list)
        for m in models:
            if m.id in self.by_model:
                for group in self.groups[m.id]:
                    self.members[group].append(m.id)
        self.shift = [0.0] * len(SKILLS)
        self.bias: dict[str, float] = defaultdict(float)
        first = self._first_means()
        self.beta = [list(first) for _ in SKILLS]
        self.item = {b: self._first_item(idx, first) for b, idx in self.by_item.items()}
        self.theta: dict[str, list[float]] = {}
        self.var: dict[str, list[float]] = {}

    def _first_means(self) -> list[float]:
        """Effects of size, date and kind as they show within tables, where every model has the same questions.

        Rounds alone would find them slowly: each can only move what the difficulties of that round leave to explain.
        """
        width = len(prior.FEATURES)
        gram = [[self.s.ridge * (i == j) for j in range(width)] for i in range(width)]
        moment = [0.0] * width
        for idx in self.by_item.values():
            xs = [self.x[self.rows[n].model] for n in idx]
            centre = [prior.mean(column) for column in zip(*xs, strict=True)]
            level = prior.mean([self.rows[n].z for n in idx])
            for n, x in zip(idx, xs, strict=True):
                away = [a - c for a, c in zip(x, centre, strict=True)]
                weight = self.share[n] / self.inflate[n]
                for i, a in enumerate(away):
                    if a:
                        moment[i] += weight * a * (self.rows[n].z - level)
                        gram[i] = [g + weight * a * other for g, other in zip(gram[i], away, strict=True)]
        return solve(gram, moment)

    def _first_item(self, idx: Sequence[int], means: Sequence[float]) -> Item:
        expected = prior.mean([dot(means, self.x[self.rows[n].model]) for n in idx])
        return Item(1.0, expected - prior.mean([self.rows[n].z for n in idx]), self.s.noise**2)

    def _shares(self) -> list[float]:
        """What each result counts when errors within one series and skill of a model are correlated.

        A developer's own figures are one series, whoever collected them.
        """
        count: dict[tuple[str, str, int], int] = defaultdict(int)
        keys = [
            (r.model, "reported" if r.reported else r.series, k) for r, k in zip(self.rows, self.skill, strict=True)
        ]
        for key in keys:
            count[key] += 1
        return [1.0 / (1.0 + self.s.shared_error * (count[key] - 1)) for key in keys]

    def mean(self, model: str) -> list[float]:
        """The prior mean of a model."""
        x = self.x[model]
        out = [dot(beta, x) for beta in self.beta]
        for group in self.groups[model]:
            effect = self.effect.get(group)
            if effect:
                out = list(map(add, out, effect))
        return out

    def looseness(self, model: str) -> float:
        """Prior variance in units of Sigma: the model's own part and what is not known of its relatives."""
        return 1.0 + sum(1.0 / (len(self.members.get(g, ())) + 1.0 / prior.KINSHIP[g[0]]) for g in self.groups[model])

    def pooled(self, model: str) -> dict[int, tuple[float, float]]:
        """For each skill with results: their precision, and the ability they say."""
        total: dict[int, tuple[float, float]] = {}
        for n in self.by_model.get(model, ()):
            item = self.item[self.rows[n].benchmark]
            k = self.skill[n]
            p = self.weight[n] * self.share[n] * item.slope**2 / (item.noise * self.inflate[n])
            own = self.own[n]
            said = (self.rows[n].z + item.difficulty - (self.bias[own] if own else 0.0)) / item.slope
            said -= self.shift[k] * self.off[n]
            precision, moment = total.get(k, (0.0, 0.0))
            total[k] = (precision + p, moment + p * said)
        return {k: (p, m / p) for k, (p, m) in sorted(total.items())}

    def ability(self, model: str) -> Ability:
        """Posterior of one model."""
        mean, scale = self.mean(model), self.looseness(model)
        data = self.pooled(model)
        ks = tuple(data)
        if not ks:
            return Ability(tuple(mean), (), (), (), scale)
        rows = [[scale * v for v in self.sigma[k]] for k in ks]
        block = [[row[k] for k in ks] for row in rows]
        for j, k in enumerate(ks):
            block[j][j] += 1.0 / data[k][0]
        lower = cholesky(block)
        gain = backward(lower, forward(lower, [data[k][1] - mean[k] for k in ks]))
        post = [m + dot(gain, column) for m, column in zip(mean, zip(*rows, strict=True), strict=True)]
        return Ability(tuple(post), ks, tuple(map(tuple, lower)), tuple(map(tuple, rows)), scale)

    # -- expectation -------------------------------------------------------------------------------------------------

    def expect(self) -> dict[str, Ability]:
        """Posterior of every model with results; their means, and variances of the observed skills, are kept."""
        found = {}
        for model in self.by_model:
            ability = found[model] = self.ability(model)
            self.theta[model] = list(ability.mean)
            lower = [list(r) for r in ability.factor]
            self.var[model] = [0.0] * len(SKILLS)
            for k in ability.observed:
                known = forward(lower, [row[k] for row in ability.rows])
                self.var[model][k] = ability.scale * self.sigma[k][k] - dot(known, known)
        return found

    # -- maximisation ------------------------------------------------------------------------------------------------

    def fit_items(self) -> None:
        """Slope, difficulty and noise of each benchmark, and the weight of each result under the heavy tail."""
        s = self.s
        for b, idx in self.by_item.items():
            old = self.item[b]
            w = [self.weight[n] / self.inflate[n] for n in idx]
            t = [self.theta[self.rows[n].model][self.skill[n]] + self.shift[self.skill[n]] * self.off[n] for n in idx]
            v = [self.var[self.rows[n].model][self.skill[n]] for n in idx]
            z = [self.rows[n].z - (self.bias[o] if (o := self.own[n]) else 0.0) for n in idx]
            total = sum(w)
            t0 = dot(w, t) / total
            z0 = dot(w, z) / total
            pull = old.noise / s.slope_sd**2
            up = sum(a * (c - t0) * (y - z0) for a, c, y in zip(w, t, z, strict=True)) + pull
            down = sum(a * ((c - t0) ** 2 + u) for a, c, u in zip(w, t, v, strict=True)) + pull
            slope = max(s.min_slope, up / down)
            difficulty = slope * t0 - z0
            square = [(y - slope * c + difficulty) ** 2 + slope**2 * u for y, c, u in zip(z, t, v, strict=True)]
            noise = (dot(w, square) + s.noise_weight * s.noise**2) / (len(idx) + s.noise_weight)
            self.item[b] = Item(slope, difficulty, noise)
            for n, q in zip(idx, square, strict=True):
                self.weight[n] = (s.tail + 1.0) / (s.tail + q / (noise * self.inflate[n]))

    def _residual(self, n: int, *, without_bias: bool) -> tuple[float, float]:
        """What is left of a result, and its precision."""
        row, item, k = self.rows[n], self.item[self.rows[n].benchmark], self.skill[n]
        left = row.z + item.difficulty - item.slope * (self.theta[row.model][k] + self.shift[k] * self.off[n])
        own = self.own[n]
        if own and not without_bias:
            left -= self.bias[own]
        return left, self.weight[n] * self.share[n] / (item.noise * self.inflate[n])

    def fit_shift(self) -> None:
        """What not thinking costs in each skill, tied to zero."""
        up, down = [0.0] * len(SKILLS), [1.0 / 0.5**2] * len(SKILLS)
        for n, off in enumerate(self.off):
            if off:
                left, p = self._residual(n, without_bias=False)
                a, k = self.item[self.rows[n].benchmark].slope, self.skill[n]
                up[k] += p * a * (left + a * self.shift[k])
                down[k] += p * a * a
        self.shift = [u / d for u, d in zip(up, down, strict=True)]

    def fit_bias(self) -> None:
        """How much better developers' own figures look than others' of the same models."""
        up: dict[str, float] = defaultdict(float)
        down: dict[str, float] = defaultdict(lambda: 1.0 / self.s.bias_sd**2)
        for n, own in enumerate(self.own):
            if own:
                left, p = self._residual(n, without_bias=True)
                up[own] += p * left
                down[own] += p
        self.bias = defaultdict(float, {o: up[o] / down[o] for o in sorted(up)})

    def fit_means(self) -> None:
        """Effects of size, date and kind: each skill by its own data, tied to those of all skills together."""
        width = len(prior.FEATURES)
        gram = [[[0.0] * width for _ in range(width)] for _ in SKILLS]
        moment = [[0.0] * width for _ in SKILLS]
        for model in self.by_model:
            x, base = self.x[model], self.mean(model)
            for k, (p, y) in self.pooled(model).items():
                own = dot(self.beta[k], x)
                weight = 1.0 / (1.0 / p + self.sigma[k][k])
                target = y - (base[k] - own)
                for i, xi in enumerate(x):
                    if xi:
                        moment[k][i] += weight * xi * target
                        line, wx = gram[k][i], weight * xi
                        for j in range(width):
                            line[j] += wx * x[j]
        whole = [[sum(g[i][j] for g in gram) for j in range(width)] for i in range(width)]
        for i in range(width):
            whole[i][i] += self.s.ridge
        pooled = solve(whole, [sum(m[i] for m in moment) for i in range(width)])
        # Tied in proportion to what each feature varies, so that a doubling and an indicator are held equally firmly.
        square = [prior.mean([self.x[m][i] ** 2 for m in self.by_model]) for i in range(width)]
        tie = [self.s.ridge + self.s.pooling * q for q in square]
        for k in range(len(SKILLS)):
            tied = [[v + (tie[i] if i == j else 0.0) for j, v in enumerate(r)] for i, r in enumerate(gram[k])]
            self.beta[k] = solve(tied, [m + t * b for m, t, b in zip(moment[k], tie, pooled, strict=True)])

    def fit_groups(self) -> None:
        """Effects of developer, family and root: the mean of their members' departures, drawn towards none."""
        for relation, share in prior.KINSHIP.items():
            for group in sorted(g for g in self.members if g[0] == relation):
                names = self.members[group]
                before = self.effect.get(group, [0.0] * len(SKILLS))
                total = [0.0] * len(SKILLS)
                for model in names:
                    mean = self.mean(model)
                    theta = self.theta[model]
                    total = [t + th - m + b for t, th, m, b in zip(total, theta, mean, before, strict=True)]
                self.effect[group] = [t / (len(names) + 1.0 / share) for t in total]

    def fit_covariance(self, abilities: Mapping[str, Ability]) -> None:
        """Sigma: what models have left beyond size, date and relatives, with the starting covariance as ballast."""
        size = range(len(SKILLS))
        total = [[self.s.covariance_weight * v for v in row] for row in self.start]
        for model, ability in abilities.items():
            mean = self.mean(model)
            left = [t - m for t, m in zip(ability.mean, mean, strict=True)]
            lower = [list(r) for r in ability.factor]
            solved = [forward(lower, [row[k] for row in ability.rows]) for k in size]
            for a in size:
                line, la, sa, prior_row = total[a], left[a], solved[a], self.sigma[a]
                for b in range(a + 1):
                    known = dot(sa, solved[b])
                    line[b] += (la * left[b] + ability.scale * prior_row[b] - known) / ability.scale
        count = self.s.covariance_weight + len(abilities)
        self.sigma = [[total[max(a, b)][min(a, b)] / count for b in size] for a in size]


def stitch(
    rows: Sequence[Observation],
    models: Sequence[ModelFacts],
    settings: Settings = DEFAULT,
    emphasis: Mapping[str, float] | None = None,
) -> Fit:
    """Fit every model's abilities. `rows` in a fixed order; models without rows get what is expected of them.

    `emphasis`: what the results of a table count, by its id; 1 if it is not named.
    """
    state = _State(rows, models, settings, emphasis or {})
    for turn in range(settings.rounds):
        state.fit_means()
        abilities = state.expect()
        state.fit_items()
        state.fit_groups()
        state.fit_shift()
        state.fit_bias()
        if turn % 3 == 2:
            state.fit_covariance(abilities)
    return Fit(
        dict(state.item),
        {m.id: state.ability(m.id) for m in models},
        state.sigma,
        state.shift,
        dict(state.bias),
    )
