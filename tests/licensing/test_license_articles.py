"""What articles say about the licences of open models, against what the texts say: each claim with its clause.

The bindings are given here directly; that the catalog's models carry them is tested with the models.
"""

from __future__ import annotations

from license_support import clauses, duties, rules

IMAGES = ("text", "image")


def test_qwen25_is_apache_only_in_most_sizes(ask):
    assert ask("apache-2.0", use="commercial").verdict == "allowed"  # 0.5B, 1.5B, 7B, 14B, 32B
    small = ask("qwen-research-2024", use="commercial")  # 3B
    assert small.verdict == "denied"
    assert ("qwen-research-2024", "2") in clauses(small, "denied")
    large = ask("qwen-2024", use="commercial", mau=200_000_000)  # 72B
    assert large.verdict == "denied"
    assert ("qwen-2024", "4") in clauses(large, "denied")
    assert ask("qwen-2024", use="commercial", mau=1_000_000).verdict == "allowed"


def test_qwen_trained_on_outputs_shows_built_with_qwen(ask):
    verdict = ask("qwen-2024", use="commercial", mau=1, train_on_outputs=True)
    duty = next(duty for duty in verdict.obligations if duty.id == "attribution-display")
    assert verdict.verdict == "conditions"
    assert duty.clause == "5.b"
    assert "Built with Qwen" in duty.text


def test_mistral_large_was_research_only_before_large_3(ask):
    verdict = ask("mistral-mrl-0.1", use="commercial")
    assert verdict.verdict == "denied"
    assert ("mistral-mrl-0.1", "3.2, 9") in clauses(verdict, "denied")
    assert ask("mistral-mrl-0.1", use="internal").verdict == "denied"  # employees' daily tasks are outside
    assert ask("mistral-mrl-0.1", use="research").verdict == "conditions"


def test_mistral_hosting_is_withheld_from_companies_even_for_free(ask):
    verdict = ask("mistral-mrl-0.1", use="commercial", host_as_service=True, free_of_charge=True)
    assert ("mistral-mrl-0.1", '9 "Research Purposes"') in clauses(verdict, "denied")
    mnpl = ask("mistral-mnpl-0.1", use="research", host_as_service=True)  # SaaS is named whoever does it
    assert mnpl.verdict == "denied"
    assert ("mistral-mnpl-0.1", "3.2") in clauses(mnpl, "denied")


def test_deepseek_depends_on_the_model(ask):
    assert ask("mit", use="commercial").verdict == "allowed"  # R1, V3.2-Exp, V4
    older = ask("deepseek-1.0", use="commercial", host_as_service=True)  # V2, V3 of 2024-12, Coder
    assert older.verdict == "conditions"
    assert ("deepseek-1.0", "1, 4") in clauses(older, "conditions")  # hosting is distribution
    assert {"pass-on-use-restrictions", "license-copy", "aup"} <= duties(older)


def test_deepseek_distillation_inherits_attachment_a(ask):
    verdict = ask("deepseek-1.0", use="commercial", train_on_outputs=True)
    passed_on = next(duty for duty in verdict.obligations if duty.id == "pass-on-use-restrictions")
    assert passed_on.clause == "4.a"
    assert ask("deepseek-1.0", use="research", field=("military",)).verdict == "denied"


def test_llama_limit_is_exclusive_frozen_and_of_the_group(ask):
    for version in ("llama-2", "llama-3", "llama-3.1", "llama-3.2", "llama-3.3", "llama-4"):
        for use in ("commercial", "research"):
            above = ask(version, use=use, mau_at_release=700_000_001, region="JP")
            assert above.verdict == "denied"
            assert (version, "2") in clauses(above, "denied")
            assert ask(version, use=use, mau_at_release=700_000_000, region="JP").verdict == "conditions"


def test_llama_growth_after_release_never_triggers_the_limit(ask):
    grown = ask("llama-3.3", use="commercial", mau=900_000_000)
    assert grown.verdict == "review"
    assert "--mau-at-release" in grown.asks
    assert ask("llama-3.3", use="commercial", mau=900_000_000, mau_at_release=1).verdict == "conditions"


def test_llama_outputs_may_train_others_only_since_3_1(ask):
    for version in ("llama-2", "llama-3"):
        verdict = ask(version, use="commercial", train_on_outputs=True)
        assert verdict.verdict == "denied"
        assert (version, "1.b.v") in clauses(verdict, "denied")
    for version in ("llama-3.1", "llama-3.2", "llama-3.3"):
        verdict = ask(version, use="commercial", train_on_outputs=True, publish_model=True)
        assert verdict.verdict == "conditions"
        assert "name-prefix" in duties(verdict)


def test_built_with_llama_is_not_in_llama_2_and_changed_after_3(ask):
    shown = {}
    for version in ("llama-2", "llama-3", "llama-3.1"):
        verdict = ask(version, use="commercial")
        shown[version] = [duty.text for duty in verdict.obligations if duty.id == "attribution-display"]
    assert shown["llama-2"] == []
    assert "Built with Meta Llama 3" in shown["llama-3"][0]
    assert "Built with Llama" in shown["llama-3.1"][0]


def test_llama_eu_clause_is_about_multimodal_models_and_licensees_in_the_eu(ask):
    vision = ask("llama-3.2", use="research", region="DE", modalities=IMAGES)
    assert vision.verdict == "denied"  # not only commercial use
    assert ("llama-3.2", "Use Policy, last paragraph") in clauses(vision, "denied")
    assert ask("llama-3.2", use="research", region="DE").verdict == "conditions"  # text models of the same release
    assert ask("llama-4", use="commercial", region="JP", use_region=("DE",), modalities=IMAGES).verdict == "conditions"
    assert ask("llama-4", use="commercial", region="FR", end_user=True, modalities=IMAGES).verdict == "conditions"
    assert ask("llama-3.1", use="commercial", region="FR", modalities=IMAGES).verdict == "conditions"  # no such clause
    unknown = ask("llama-4", use="commercial", modalities=IMAGES)
    assert unknown.verdict == "review"
    assert "--region" in unknown.asks


def test_gemma_hosting_counts_as_distribution_and_lookalikes_inherit(ask):
    hosted = ask("gemma-tou-2025-03-24", use="commercial", host_as_service=True, redistribute=False)
    assert {"pass-on-use-restrictions", "license-copy", "aup"} <= duties(hosted)
    assert "notice-file" not in duties(hosted)  # a hosted service needs no Notice file
    trained = ask("gemma-tou-2025-03-24", use="commercial", train_on_outputs=True)
    inherits = next(duty for duty in trained.obligations if duty.id == "derivative-inherits")
    assert inherits.clause == "1.1(e)"
    assert ask("apache-2.0", evidence="secondary", use="commercial").verdict == "conditions"  # Gemma 4, second-hand


def test_command_r_carries_an_addendum_beside_cc_by_nc(ask):
    assert ask("cc-by-nc-4.0-cohere", use="commercial").verdict == "denied"
    research = ask("cc-by-nc-4.0-cohere", use="research", train_on_outputs=True)
    assert research.verdict == "conditions"
    assert "aup" in duties(research)
    assert ("cc-by-nc-4.0-cohere", "AUP 'Synthetic data for commercial uses'") in clauses(research, "conditions")


def test_falcon_40b_depends_on_when_it_was_taken(ask):
    revisions = (("2023-05-31", ("falcon-llm-1.0",)),)
    old = ask("apache-2.0", use="commercial", revisions=revisions, revision_date="2023-05-26")
    assert old.keys == ("falcon-llm-1.0",)
    assert old.verdict == "review"
    assert ask("apache-2.0", use="commercial", revisions=revisions, revision_date="2024-01-01").verdict == "allowed"
    unsaid = ask("apache-2.0", use="commercial", revisions=revisions)
    assert unsaid.verdict == "allowed"
    assert any("2023-05-31" in text for text in unsaid.assumptions)
    assert ask("falcon-180b-1.0", use="commercial").verdict == "review"
    assert "aup" in duties(ask("falcon-2-11b-1.0", use="commercial"))


def test_karakuri_asks_to_be_contacted_and_llama_2_stays(ask):
    verdict = ask("llama-2", "karakuri-lm-70b", evidence="primary", card="express grant needed", use="commercial")
    assert verdict.verdict == "review"
    assert "card-restriction" in rules(verdict)
    assert {"apply", "aup"} <= duties(verdict)


def test_sarashina_is_both_mit_and_non_commercial(ask):
    assert ask("mit", use="commercial").verdict == "allowed"
    assert ask("sarashina-nc-1", use="commercial").verdict == "denied"
    banned = ask("sarashina-nc-2.0", use="research", use_region=("DE",))
    assert banned.verdict == "denied"  # even research, in the EU
    assert ("sarashina-nc-2.0", "10") in clauses(banned, "denied")
    assert ask("sarashina-nc-2.0", use="research", use_region=("JP",)).verdict == "conditions"


def test_plamo_has_a_yen_limit_and_counts_in_house_use_as_commercial(ask):
    above = ask("plamo-community", use="internal", revenue_jpy=1_000_000_001)
    assert above.verdict == "denied"
    assert ("plamo-community", "3(3)") in clauses(above, "denied")
    below = ask("plamo-community", use="internal", revenue_jpy=900_000_000)
    assert below.verdict == "conditions"
    assert "register" in duties(below)
    assert ask("plamo-nc-100b", use="commercial").verdict == "denied"


def test_llm_jp_172b_needs_permission_and_may_not_be_redistributed(ask):
    assert "apply" in duties(ask("llm-jp-172b-instruct2-tou", use="commercial"))
    shared = ask("llm-jp-172b-instruct2-tou", use="commercial", redistribute=True)
    assert shared.verdict == "denied"
    assert ("llm-jp-172b-instruct2-tou", "1") in clauses(shared, "denied")
    assert ask("llm-jp-172b-instruct2-tou", use="commercial", host_as_service=True).verdict == "conditions"


def test_contested_licences_are_reviewed(ask):
    rakuten = ask("apache-2.0", "deepseek-1.0", evidence="secondary", conflict="NOTICE of DeepSeek", use="commercial")
    assert rakuten.verdict == "review"
    assert "licence-conflict" in rules(rakuten)
    assert "pass-on-use-restrictions" in {duty.id for duty in rakuten.latent}
    falcon_h1 = ask("falcon-llm-2.0", conflict="the badge says Apache 2.0, the card does not", use="commercial")
    assert falcon_h1.verdict == "review"
    kappa = ask("apache-2.0", card="commercial use not intended", use="commercial")
    assert kappa.verdict == "review"


def test_r1_distill_llama_is_mit_and_llama(ask):
    verdict = ask("mit", "llama-3.3", use="commercial", redistribute=True)
    assert dict(verdict.per_license) == {"mit": "conditions", "llama-3.3": "conditions"}
    assert {(duty.license, duty.id) for duty in verdict.obligations} >= {
        ("mit", "keep-notice"),
        ("llama-3.3", "attribution-display"),
        ("llama-3.3", "notice-file"),
    }


def test_swallow_instruct_carries_gemma_beside_llama(ask):
    verdict = ask("llama-3.1", "gemma-tou-2025-03-24", use="commercial", host_as_service=True)
    assert {(duty.license, duty.id) for duty in verdict.obligations} >= {
        ("llama-3.1", "aup"),
        ("gemma-tou-2025-03-24", "aup"),
        ("gemma-tou-2025-03-24", "pass-on-use-restrictions"),
    }
    assert ask("llama-3.1", use="commercial").keys == ("llama-3.1",)  # the base model has one licence


def test_minimax_m2_is_not_plain_mit_and_changed_in_place(ask):
    big = ask("minimax-m2-modified-mit", use="commercial", mau=100_000_001, arr_usd=0)
    shown = next(duty for duty in big.obligations if duty.id == "attribution-display")
    assert shown.clause == "last para"
    small = ask("minimax-m2-modified-mit", use="commercial", mau=1, arr_usd=0)
    assert small.verdict == "allowed"
    revisions = (("2025-10-27", ("apache-2.0",)), ("2025-11-13", ("mit",)))
    taken = {
        day: ask("minimax-m2-modified-mit", use="commercial", mau=1e9, revisions=revisions, revision_date=day).keys
        for day in ("2025-10-26", "2025-10-30", "2025-11-13")
    }
    assert taken == {
        "2025-10-26": ("apache-2.0",),
        "2025-10-30": ("mit",),
        "2025-11-13": ("minimax-m2-modified-mit",),
    }


def test_three_kinds_of_modified_mit(ask):
    facts = {"use": "commercial", "mau": 5_000_000, "monthly_revenue_usd": 30_000_000}
    kimi = ask("kimi-k2-modified-mit", **facts)
    assert (kimi.verdict, duties(kimi)) == ("conditions", {"attribution-display"})
    everybody = ask("minimax-m2.5-modified-mit", use="commercial", mau=1)
    assert "attribution-display" in duties(everybody)
    mistral = ask("mistral-modified-mit", **facts)
    assert mistral.verdict == "denied"
    assert ("mistral-modified-mit", "(b)") in clauses(mistral, "denied")
    assert ask("mistral-modified-mit", use="research", monthly_revenue_usd=30_000_000).verdict == "denied"


def test_exaone_outputs(ask):
    first = ask("exaone-1.1-nc", use="research", train_on_outputs=True)
    assert first.verdict == "denied"
    assert ("exaone-1.1-nc", "3.1") in clauses(first, "denied")
    second = {"use": "research", "train_on_outputs": True}
    assert ask("exaone-1.2-nc", **second, competes_with_licensor=True).verdict == "denied"
    assert ask("exaone-1.2-nc", **second, competes_with_licensor=False).verdict == "conditions"
    assert ask("exaone-1.2-nc", **second).verdict == "review"


def test_lfm_is_not_apache_like(ask):
    verdict = ask("lfm-open-1.0", use="commercial", revenue_usd=11_000_000)
    assert verdict.verdict == "denied"
    assert ("lfm-open-1.0", '5(a)-(b), "Threshold"') in clauses(verdict, "denied")
    assert ask("lfm-open-1.0", use="commercial", revenue_usd=11_000_000, nonprofit=True).verdict == "allowed"
    assert ask("lfm-open-1.0", use="research", revenue_usd=11_000_000).verdict == "allowed"


def test_hyperclova_asks_for_users_and_competition(ask):
    fine = ask("hyperclova-x-seed-2025", use="commercial", mau_at_release=1, competes_with_licensor=False)
    assert fine.verdict == "conditions"
    rival = ask("hyperclova-x-seed-2025", use="commercial", mau_at_release=1, competes_with_licensor=True)
    assert rival.verdict == "denied"
    assert ("hyperclova-x-seed-2025", "4(ii)") in clauses(rival, "denied")
    unsaid = ask("hyperclova-x-seed-2025", use="commercial")
    assert unsaid.verdict == "review"
    assert set(unsaid.asks) == {"--mau-at-release", "--competes-with-licensor"}


def test_hunyuan_excludes_places_of_use_and_only_encourages_a_display(ask):
    old = "tencent-hunyuan-2024-11-05"
    new = "tencent-hunyuan-2025-06-27"
    for key, place, verdict in (
        (old, "FR", "denied"),
        (old, "KR", "conditions"),
        (new, "KR", "denied"),
        (new, "UK", "denied"),
        (new, "JP", "conditions"),
    ):
        answer = ask(key, use="commercial", region="JP", use_region=(place,))
        assert answer.verdict == verdict, (key, place)
        assert "attribution-display" not in duties(answer)
    assert ask(new, use="commercial", region="DE", use_region=("JP",)).verdict == "conditions"
    assert ask(new, use="commercial", use_region=("JP",), train_on_outputs=True).verdict == "denied"
    assert "--use-region" in ask(new, use="commercial", region="JP").asks


def test_k_exaone_commercial_yes_hides_a_saas_carve_out(ask):
    assert ask("k-exaone-2026", use="internal").verdict == "conditions"
    unsaid = ask("k-exaone-2026", use="commercial")
    assert unsaid.verdict == "review"
    assert "--host-as-service" in unsaid.asks
    saas = ask("k-exaone-2026", use="commercial", host_as_service=True)
    assert saas.verdict == "denied"
    assert ("k-exaone-2026", "2.2") in clauses(saas, "denied")


def test_business_model_clauses_of_2026(ask):
    maas = {"use": "commercial", "maas": True, "mau": 1, "monthly_revenue_usd": 1}
    assert ask("kimi-k3", **maas, revenue_usd=20_000_001).verdict == "denied"
    assert ask("kimi-k3", **maas, revenue_usd=20_000_000).verdict == "allowed"
    assert ask("kimi-k3", **{**maas, "maas": False}, revenue_usd=1e12).verdict == "allowed"
    assert ask("kimi-k3", use="internal", maas=True, revenue_usd=1e12).verdict == "allowed"
    assert ask("qwen-community-1.0", **maas).verdict == "denied"  # at any size
    assert ask("qwen3.8-max", **maas, revenue_usd=40_000_000).verdict == "conditions"
    assert ask("qwen3.8-max", **maas, revenue_usd=60_000_000).verdict == "denied"
    assert ask("glm-5.3", **maas, revenue_usd=10_000_000_001).verdict == "denied"
    assert ask("glm-5.3", **maas, revenue_usd=10_000_000_000).verdict == "allowed"
    assert ask("minimax-community", use="commercial", product_revenue_usd=20_000_001).verdict == "denied"
    small = ask("minimax-community", use="commercial", product_revenue_usd=1)
    assert {"attribution-display", "send-notice"} <= duties(small)
