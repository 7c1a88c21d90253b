"""Do colleagues and teams come in from a file, by invitation, without a second way to a right?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Invitation, Team, User
from accounts.services.invitations import accept_invitation, invite_person
from accounts.services.teams import create_team
from core import jobs
from core.exceptions import NotAllowed
from core.importing import services, undo
from core.importing.column_form import samples
from core.importing.mapping import suggest
from core.importing.readers import Shape, preview
from core.models import ImportRun, OutgoingMail
from core.registries import IMPORT_TARGETS

pytestmark = pytest.mark.django_db
TARGET = IMPORT_TARGETS["people"]
FILE = (
    "Name,E-mail,User name,Role,Team,Language,Time zone\n"
    "Lin Xiaowen,Lin@firm.cn,lin,业务员,华南 / 一组,中文,Asia/Shanghai\n"
    "Karl Vogel,karl@firm.de,,Team manager,Nordics,English,Europe/Berlin\n"
    "Alice B.,alice@example.com,,,,,\n"
    "No One,nobody,,,,,\n"
    "Who,who@firm.de,,king,,,\n"
    "Lin again,lin@firm.cn,,,,,\n"
)


def tried(text: str, by: User, now: Any) -> ImportRun:
    run = services.start_run(target=TARGET, upload=SimpleUploadedFile("people.csv", text.encode()), by=by, now=now)
    shape = Shape.from_json(run.shape)
    seen = preview(run.path, shape)
    columns = [samples(seen, place) for place in range(shape.columns)]
    mapping = [{"field": key} for key in suggest(TARGET.fields(by), seen.headers, columns)]
    services.confirm_shape(run=run, shape=shape, headers=seen.headers, mapping=mapping, by=by)
    services.confirm_mapping(run=run, mapping=mapping, options={}, by=by, now=now)
    jobs.run_due(lambda: now)
    run.refresh_from_db()
    assert run.check_job.state == "done", run.check_job.message
    return run


def written(text: str, by: User, now: Any) -> ImportRun:
    run = tried(text, by, now)
    services.start_writing(run=run, by=by, now=now)
    jobs.run_due(lambda: now)
    run.refresh_from_db()
    assert run.write_job.state == "done", run.write_job.message
    return run


def said(run: ImportRun, line: int, by: User) -> str:
    row = run.rows.get(line=line)
    return " ".join(map(str, TARGET.say([row], run, by)[row.pk]))


@pytest.fixture
def alices_mail(alice):
    User.objects.filter(pk=alice.pk).update(email="alice@example.com")
    alice.refresh_from_db()
    return alice


def test_each_line_is_judged_and_told(alices_mail, root, now):
    run = tried(FILE, root, now)
    assert [entry["field"] for entry in run.mapping] == [
        "name", "email", "username", "role", "team", "language", "time_zone"
    ]  # fmt: skip
    assert list(run.rows.order_by("line").values_list("verdict", flat=True)) == [
        "new", "new", "update", "error", "error", "conflict"
    ]  # fmt: skip
    assert "The team “华南 / 一组” is made." in said(run, 2, root)
    assert "Changes: Name." in said(run, 4, root)
    assert "is no e-mail address" in said(run, 5, root)
    assert "is no role" in said(run, 6, root)
    assert "Line 2 has the same" in said(run, 7, root)
    assert not Invitation.objects.exists()


def test_new_ones_are_invited_and_join_as_the_file_says(alices_mail, root, now, settings):
    run = written(FILE, root, now)
    assert run.written == {"made": 2, "updated": 1, "refused": 3}
    lin = Invitation.objects.get(email="lin@firm.cn")
    assert (lin.name, lin.username, lin.role, lin.language, lin.time_zone) == (
        "Lin Xiaowen", "lin", "salesperson", "zh-hans", "Asia/Shanghai"
    )  # fmt: skip
    assert (lin.team.name_zh, lin.team.parent.name_zh) == ("一组", "华南")
    assert Invitation.objects.get(email="karl@firm.de").role == "manager"
    assert OutgoingMail.objects.filter(to="lin@firm.cn").count() == 1
    alices_mail.refresh_from_db()
    assert alices_mail.name == "Alice B."
    assert not User.objects.filter(email="lin@firm.cn").exists(), "nobody gets an account without joining"
    again = tried(FILE, root, now)
    assert list(again.rows.order_by("line").values_list("verdict", flat=True))[:3] == ["same", "same", "same"]


def test_nobody_raises_their_own_rights_and_only_admins_import_people(root, alice, dana, now):
    run = tried(f"Name,E-mail,Role\n{root.name},{root.email},salesperson\n", root, now)
    assert "own rights" in said(run, 2, root)
    for person in (alice, dana):
        assert not TARGET.may(person)
        with pytest.raises(NotAllowed):
            tried(FILE, person, now)


def test_a_taken_user_name_and_a_closed_account_are_told(root, alice, bob, now):
    User.objects.filter(pk=bob.pk).update(is_active=False)
    run = tried(f"Name,E-mail,User name\nX,x@firm.de,{alice.username}\nB,{bob.email},\n", root, now)
    assert "somebody else's" in said(run, 2, root)
    assert "deactivated" in said(run, 3, root)


def test_a_team_is_found_by_path_or_by_its_only_name(root, now):
    top = create_team(name_en="Sales", name_zh="销售部", parent=None, by=root, now=now)
    asia = create_team(name_en="Asia", name_zh="亚洲", parent=top, by=root, now=now)
    before = Team.objects.count()
    written("E-mail,Team\na@firm.de,Sales / Asia\nb@firm.de,亚洲\nc@firm.de,销售部>asia\n", root, now)
    assert set(Invitation.objects.values_list("team", flat=True)) == {asia.pk}
    assert Team.objects.count() == before


def test_undoing_takes_invitations_back_and_leaves_who_joined(alices_mail, root, now):
    old = alices_mail.name
    teams = Team.objects.count()
    run = written(FILE, root, now)
    karl = Invitation.objects.get(email="karl@firm.de")
    Invitation.objects.filter(pk=karl.pk).update(revoked_at=now)
    _again, link = invite_person(email="karl@firm.de", role="manager", team=karl.team, by=root, now=now)
    joined = accept_invitation(
        token=link.rstrip("/").rpartition("/")[2], username="karl", name="Karl", password="x" * 20,
        time_zone="Europe/Berlin", now=now,
    )  # fmt: skip
    assert joined.team == karl.team
    later = now + timedelta(hours=1)
    foreseen = undo.foresee(run, by=root, now=later)
    undo.start_undo(run=run, by=root, now=later)
    jobs.run_due(lambda: later)
    run.refresh_from_db()
    assert run.undo_job.state == "done", run.undo_job.message
    assert foreseen.counts.total() == 3
    assert Invitation.objects.get(email="lin@firm.cn").revoked_at == later
    alices_mail.refresh_from_db()
    assert alices_mail.name == old
    assert User.objects.get(email="karl@firm.de").is_active
    assert Team.objects.count() == teams + 1, "Nordics has somebody in it"
    assert "new team stays" in said(run, 3, root)


def test_roles_are_given_only_freshly_signed_in(alices_mail, root, now, signed_in, client):
    run = tried(FILE, root, now)
    client.force_login(root)
    answer = client.post(f"/imports/{run.pk}/write/")
    assert answer.status_code == 302
    run.refresh_from_db()
    assert run.write_job is None
    assert signed_in(root).post(f"/imports/{run.pk}/write/").url == f"/imports/{run.pk}/result/"
