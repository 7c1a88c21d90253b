"""Do staff keep pipelines that deals can go through?"""

from __future__ import annotations

import pytest

from opportunities.models import Pipeline, Stage

STAGE = "/admin/opportunities/stage/{}/change/"


@pytest.fixture
def staff(root, signed_in):
    return signed_in(root)


def posted(pipeline: Pipeline, **changes: str) -> dict[str, str]:
    """What the pipeline's page sends; ``changes`` are of its stages ("won_is_active" of the stage won)."""
    stages = list(pipeline.stages.order_by("position", "pk"))
    data = {
        "name_en": pipeline.name_en,
        "name_zh": pipeline.name_zh,
        "key": pipeline.key,
        "is_active": "on",
        "position": "0",
        "stages-TOTAL_FORMS": str(len(stages)),
        "stages-INITIAL_FORMS": str(len(stages)),
    }
    for place, stage in enumerate(stages):
        values = {
            "id": stage.pk,
            "pipeline": pipeline.pk,
            "name_en": stage.name_en,
            "name_zh": stage.name_zh,
            "key": stage.key,
            "kind": stage.kind,
            "probability": stage.probability,
            "stalls_after": stage.stalls_after or "",
            "is_active": "on",
            "position": stage.position,
        }
        for name, value in values.items():
            data[f"stages-{place}-{name}"] = changes.get(f"{stage.key}_{name}", str(value))
    return {name: value for name, value in data.items() if value != "off"}


@pytest.mark.parametrize(
    "address", ["pipeline", "stage", "lostreason", "disqualifyreason", "screeningquestion", "campaign"]
)
def test_the_lists_of_words_open(staff, address):
    response = staff.get(f"/admin/opportunities/{address}/")
    assert response.status_code == 200


def test_a_pipeline_keeps_a_way_to_win_and_to_lose(staff, stages):
    pipeline = Pipeline.objects.get()
    url = f"/admin/opportunities/pipeline/{pipeline.pk}/change/"
    assert staff.get(url).status_code == 200
    refused = staff.post(url, posted(pipeline, won_is_active="off"))
    assert refused.status_code == 200
    assert "one won and one lost" in refused.content.decode()
    assert staff.post(url, posted(pipeline, needs_name_en="Needs are clear")).status_code == 302
    assert Stage.objects.get(key="needs").name_en == "Needs are clear"


def test_a_stage_in_which_deals_stand_stays_in_use(staff, deal, stages):
    made = deal()
    pipeline = Pipeline.objects.get()
    url = f"/admin/opportunities/pipeline/{pipeline.pk}/change/"
    refused = staff.post(url, posted(pipeline, first_contact_is_active="off"))
    assert "Move them before you take it out of use" in refused.content.decode()
    page = STAGE.format(made.stage_id)
    data = {"name_en": "First", "probability": "10", "position": "0", "required_fields": ["amount"]}
    data |= {"checkpoints-TOTAL_FORMS": "0", "checkpoints-INITIAL_FORMS": "0"}
    assert "Move them before you take it out of use" in staff.post(page, data).content.decode()
    assert staff.post(page, data | {"is_active": "on"}).status_code == 302
    assert Stage.objects.get(pk=made.stage_id).required_fields == ["amount"]
