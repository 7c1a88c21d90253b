"""A small firm in which every sensitive field sings its owner's name; used by the table of URLs and the canary walk."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Notification, User
from accounts.services import departures
from accounts.services.invitations import invite_person
from accounts.services.notices import notify
from communications.inputs import CommunicationData
from communications.services import comment_communication, hang_files, log_communication, save_template, start_drop
from core import saved_views
from core.importing import services as importing
from core.importing.column_form import samples
from core.importing.mapping import suggest
from core.importing.readers import Shape, preview
from core.jobs import enqueue, run_due
from core.models import CustomField, ImportRun, Job
from core.registries import IMPORT_TARGETS, JOBS
from customers import services
from customers.files import FileData
from customers.inputs import ContactData, CustomerData, PointData
from customers.models import Customer, Pool, Status
from customers.services.looking_up import look_up
from followups import services as followups
from followups.inputs import PlanData, SeriesData, TaskData
from followups.models import Playbook
from opportunities import services as opportunities
from opportunities.inputs import ConversionData, LeadData, LineData, OpportunityData, OrderData
from opportunities.models import ScreeningQuestion
from opportunities.services import create_order
from publicpool import services as pool
from publicpool.models import ReclaimRule, ReleaseReason, Rotation, Run, RunLine
from publicpool.services import release_customer
from tests.factories import make_user

MARK = "CANARY"
DAY = timedelta(days=1)
PICTURE = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==")


def mark(owner: str, name: str) -> str:
    return f"{MARK}-{owner}-{name}"


@dataclass
class World:
    """The cast and what they hold; ids by name for the addresses of the table."""

    cast: dict[str, User]
    now: datetime
    customers: dict[str, Customer] = field(default_factory=dict)
    ids: dict[str, int | str] = field(default_factory=dict)
    # The sensitive fields that must be seen by their owner somewhere.
    fields: set[str] = field(default_factory=set)

    def fill(self) -> World:
        CustomField.objects.create(target="customers.customer", key="secret", kind="text", name_en="Secret")
        for name in ("alice", "bob", "charlie", "dana"):
            self.customers[name] = self._customer(name)
        alice, customer = self.cast["alice"], self.customers["alice"]
        self.ids["customer"] = customer.pk
        self.ids["header"] = customer.headers.get(is_main=True).pk
        self.ids["contact"] = customer.contacts.get().pk
        self.ids["note"] = customer.notes.get().pk
        view = saved_views.save_view(
            page="customers", name=mark("alice", "view"), query="", is_shared=False, by=alice, now=self.now
        )
        self.ids["view"] = view.pk
        job = enqueue(next(iter(JOBS)), by=alice, now=self.now)
        Job.objects.filter(pk=job.pk).update(state="done", ended_at=self.now)
        self.ids["job"] = job.pk
        self.ids |= {f"user_{name}": user.pk for name, user in self.cast.items()}
        self.ids["collaboration"] = self.cast["bob"].pk
        self._put_off()
        asked = services.ask_about(
            customer=customer,
            kind="share",
            reason="We met at the fair",
            typed={"name": "Met at the fair Ltd", "country": "DE", "code": ""},
            by=self.cast["charlie"],
            now=self.now,
        )
        self.ids["request"] = asked.pk
        looked = look_up(text=mark("alice", "pasted") + "\n" + mark("bob", "company"), by=alice, now=self.now)
        self.ids["lookup"] = looked.pk
        invitation, _link = invite_person(
            email="new@firm.example", role=User.Role.SALESPERSON, team=alice.team, by=self.cast["root"], now=self.now
        )
        self.ids["invitation"] = invitation.pk
        self.ids["team"] = alice.team_id
        notify(to=[alice], kind="mention", by=self.cast["bob"], target=customer.notes.get(), now=self.now)
        report = followups.begin_report(kind="daily", on=self.now.date(), by=alice, now=self.now)
        sentence = mark("alice", "sentence")
        followups.save_report(report=report, sentence=sentence, by=alice, now=self.now, sends=True)
        self.ids["report"] = report.pk
        self.ids["notice"] = Notification.objects.get(recipient=alice, kind="mention").pk
        self.ids["import"] = self._import(alice).pk
        for name in ("alice", "charlie"):
            self._follow_up(name)
            self._file(name)
            self._deal(name)
            self._order(name)
            self._lead(name)
        self._form()
        self._pooled()
        self._pool()
        self._rotation()
        self._departure()
        self.ids["playbook"] = Playbook.objects.get(key="first_touch").pk
        self._run()
        return self

    def _departure(self) -> None:
        """Somebody is about to leave: everything is planned to go to Bob."""
        person = make_user("leaver", name="Leaver")
        services.create_customer(data=CustomerData(name="Left Ltd", country="DE"), by=person, now=self.now)
        plan = {"customers": [{"way": "person", "target": self.cast["bob"].pk}]}
        by = self.cast["root"]
        departure = departures.plan_departure(person=person, plan=plan, by=by, now=self.now)
        departures.try_departure(departure=departure, now=self.now)
        self.ids |= {"departure": departure.pk, "user_leaver": person.pk}

    def _run(self) -> None:
        """A run that could not take Alice's customer back, and set it aside."""
        rule = ReclaimRule.objects.earliest("pk")
        run = Run.objects.create(kind="reclaim", on=self.now.date(), started_at=self.now, failed=1)
        line = {"customer": self.customers["alice"], "rule": rule, "outcome": "failed", "at": self.now}
        line = RunLine.objects.create(run=run, parked_at=self.now, error=mark("alice", "fault"), **line)
        self.ids |= {"rule": rule.pk, "run": run.pk, "run_line": line.pk}

    def _pool(self) -> None:
        """A customer that Alice gave back a moment ago, a rule, and more time that she asks for."""
        alice = self.cast["alice"]
        gone = services.create_customer(data=CustomerData(name="Gone Ltd", country="DE"), by=alice, now=self.now)
        reason = ReleaseReason.objects.get(key="no_need")
        self.ids["release"] = pool.release_customer(customer=gone, reason=reason, by=alice, now=self.now).pk
        made = {"created_at": self.now, "updated_at": self.now}
        ReclaimRule.objects.create(
            kind="idle", days=30, name_en="Idle", name_zh="闲置", is_active=True, is_for_all=True, **made
        )
        asked = pool.ask_for_more_time(
            customer=self.customers["alice"], reason=mark("alice", "more_time"), by=alice, now=self.now
        )
        self.fields.add("more_time")
        self.ids["extension"] = asked.pk

    def _put_off(self) -> None:
        """Alice put off a step about a customer of hers; her words are for nobody else. Another one still stands."""
        alice = self.cast["alice"]
        hidden = services.create_customer(data=CustomerData(mark("alice", "stepped")), by=alice, now=self.now - 9 * DAY)
        facts = [f"never:{self.now - 9 * DAY:%Y-%m-%d}"]
        row = services.put_off_step(
            about=f"customer-{hidden.pk}", facts=facts, reason="other", note=mark("alice", "put_off"), until=None,
            by=alice, now=self.now,
        )  # fmt: skip
        self.fields.add("put_off")
        open_ = services.create_customer(data=CustomerData("Step Ltd"), by=alice, now=self.now - 9 * DAY)
        self.ids |= {"put_off": row.pk, "step": f"customer-{open_.pk}"}

    def _rotation(self) -> None:
        """Charlie and Alice in turn: what he got sings, and she reads the same ledger."""
        root = self.cast["root"]
        data = CustomerData(name=mark("charlie", "rotated"), country="NO")
        customer = services.create_customer(data=data, by=root, now=self.now - timedelta(days=2))
        reason = ReleaseReason.objects.get(key="no_need")
        pool.release_customer(customer=customer, reason=reason, by=root, now=self.now - timedelta(days=1))
        fields = {"name_en": "North", "name_zh": "北区", "countries": ["NO"], "is_active": True}
        rotation = Rotation(pool=Pool.objects.get(is_default=True), **fields)
        pool.save_rotation(rotation=rotation, by=root, now=self.now)
        for name in ("charlie", "alice"):
            pool.add_member(rotation=rotation, user=self.cast[name], by=root, now=self.now)
        run = pool.run_rotation(rotation=rotation, by=root, now=self.now)
        assert run is not None
        waits = services.create_customer(data=CustomerData(name="Waiting AS", country="NO"), by=root, now=self.now)
        pool.release_customer(customer=waits, reason=reason, by=root, now=self.now)
        self.ids |= {"rotation": rotation.pk, "given_run": run.pk}

    def _deal(self, name: str) -> None:
        """A deal of somebody's, every word of which sings."""
        user, customer = self.cast[name], self.customers[name]
        words = {word: mark(name, f"deal_{word}") for word in ("title", "competitors", "details", "external_id")}
        lines = [LineData(mark(name, "deal_product"), Decimal(10), mark(name, "deal_unit"), Decimal(2))]
        people = [(customer.contacts.get(), "decides")]
        data = OpportunityData(**words, customer=customer, currency="USD", lines=lines, people=people)
        deal = opportunities.create_opportunity(data=data, by=user, now=self.now)
        picture = FileData.of(f"{mark(name, 'deal_file')}.png", PICTURE)
        services.add_files(customer=customer, target=deal, files=[picture], by=user, now=self.now)
        step = TaskData(mark(name, "deal_task"), opportunity=deal, assignee=user)
        followups.create_task(data=step, by=user, now=self.now)
        said = CommunicationData("email", "out", self.now, mark(name, "deal_topic"), opportunity=deal)
        log_communication(customer=customer, data=said, by=user, now=self.now)
        needs = deal.pipeline.stages.get(key="needs")
        opportunities.move_opportunity(
            opportunity=deal, to=needs, reason=mark(name, "deal_reason"), by=user, now=self.now
        )
        self.fields |= {f"deal_{word}" for word in (*words, "product", "unit", "file", "reason")}
        for word, pk in (("opportunity", deal.pk), ("stage", needs.pk), ("checkpoint", needs.checkpoints.first().pk)):
            self.ids.setdefault(word, pk)

    def _pooled(self) -> None:
        """A customer that nobody holds: Charlie, of another team, gave it back. All that is masked sings "pool"."""
        charlie = self.cast["charlie"]
        customer = self._customer("charlie", sung="pool", company="Masked Harbour Ltd")
        picture = FileData.of(f"{mark('charlie', 'pooled_file')}.png", PICTURE)
        services.add_files(customer=customer, files=[picture], by=charlie, now=self.now)
        said = CommunicationData("email", "out", self.now, mark("pool", "topic"), mark("pool", "said"))
        log_communication(customer=customer, data=said, by=charlie, now=self.now)
        deal = OpportunityData(mark("pool", "deal"), customer=customer, currency="USD")
        opportunities.create_opportunity(data=deal, by=charlie, now=self.now)
        step = TaskData(mark("pool", "task"), customer=customer, assignee=charlie)
        followups.create_task(data=step, by=charlie, now=self.now)
        reason = ReleaseReason.objects.get(key="other")
        release_customer(customer=customer, reason=reason, note=mark("pool", "note"), by=charlie, now=self.now)
        self.ids["pooled"] = customer.pk

    def _form(self) -> None:
        """A public form of Alice's team, and what looks like junk."""
        data = {"name": "Web site", "team": self.cast["alice"].team, "fields": {"email": "required"}}
        form = opportunities.save_inquiry_form(form=None, data=data, by=self.cast["root"], now=self.now)
        said = {name: mark("alice", f"suspect_{name}") for name in ("person", "email", "message")}
        opportunities.receive_inquiry(form=form, posted=said, nonce="1", sender="2", why="honeypot", now=self.now)
        self.ids["form"] = form.pk

    def _lead(self, name: str) -> None:
        """An inquiry of somebody's that is worked on, and one that was put onto their customer."""
        user = self.cast[name]
        sung = ("person", "email", "wechat", "city", "subject", "message", "product", "remarks")
        said: dict[str, Any] = {field: mark(name, f"lead_{field}") for field in sung}
        self.fields |= {"lead_company", *(f"lead_{field}" for field in sung)}
        data = LeadData(company=mark(name, "lead_company"), country="DE", **said, utm={"utm_term": mark(name, "utm")})
        lead = opportunities.create_lead(data=data, by=user, now=self.now)
        picture = FileData.of(f"{mark(name, 'drawing')}.png", PICTURE)
        (file,) = opportunities.add_lead_files(lead=lead, files=[picture], by=user, now=self.now)
        question = ScreeningQuestion.objects.earliest("pk")
        words = mark(name, "screened")
        opportunities.answer_question(lead=lead, question=question, is_yes=True, words=words, by=user, now=self.now)
        step = TaskData(mark(name, "lead_task"), lead=lead, assignee=user, details=mark(name, "lead_details"))
        task = followups.create_task(data=step, by=user, now=self.now)
        said = CommunicationData("email", "out", self.now, mark(name, "lead_topic"), mark(name, "lead_words"))
        said = log_communication(lead=lead, data=said, by=user, now=self.now)
        words = FileData.of(f"{mark(name, 'lead_file')}.txt", mark(name, "lead_content").encode())
        (brought,) = hang_files(said=said, files=[words], by=user, now=self.now)
        done = replace(data, company=mark(name, "asker"), message=mark(name, "inquiry"))
        done = opportunities.create_lead(data=done, by=user, now=self.now)
        onto = ConversionData(customer=self.customers[name])
        opportunities.convert_lead(lead=done, data=onto, by=user, now=self.now)
        hung = {"lead_task": task.pk, "lead_said": said.pk, "lead_said_file": brought.pk}
        for word, pk in (
            *hung.items(),
            ("lead", lead.pk),
            ("lead_file", file.pk),
            ("lead_done", done.pk),
            ("question", question.pk),
        ):
            self.ids.setdefault(word, pk)

    def _file(self, name: str) -> None:
        """A picture of somebody's, whose name and words sing."""
        picture = FileData.of(f"{mark(name, 'file')}.png", PICTURE)
        words = FileData.of(f"{mark(name, 'words')}.txt", mark(name, "content").encode())
        customer = self.customers[name]
        files = services.add_files(customer=customer, files=[picture, words], by=self.cast[name], now=self.now)
        self.ids.setdefault("file", files[0].pk)
        mail = f"From: {mark(name, 'mail')}@x.example\nSubject: {mark(name, 'subject')}\n\n{mark(name, 'body')}"
        dropped = SimpleUploadedFile("mail.eml", mail.encode())
        text = {"name": mark(name, "text"), "language": "", "channel": "", "subject": "", "body": mark(name, "wording")}
        template = save_template(template=None, data=text, is_shared=False, by=self.cast[name], now=self.now)
        self.ids.setdefault("template", template.pk)
        drop = start_drop(customer=customer, files=[dropped], by=self.cast[name], now=self.now)
        self.ids.setdefault("drop", drop.pk)

    def _order(self, name: str) -> None:
        """What somebody sold."""
        words = ("remarks", "payment_terms", "external_id")
        data = OrderData(
            number=mark(name, "number"),
            customer=self.customers[name],
            ordered_on=self.now.date() - timedelta(days=1),
            currency="USD",
            lines=[LineData(mark(name, "product"), Decimal(2), "pcs", Decimal(500))],
            **{word: mark(name, f"order_{word}") for word in words},
        )
        order = create_order(data=data, by=self.cast[name], now=self.now)
        self.ids.setdefault("order", order.pk)
        self.fields |= {"number", "product", *(f"order_{word}" for word in words)}

    def _follow_up(self, name: str) -> None:
        """A task at the customer of somebody."""
        user = self.cast[name]
        data = TaskData(
            title=mark(name, "task"),
            details=mark(name, "details"),
            customer=self.customers[name],
            assignee=user,
            due_at=self.now + timedelta(days=1),
            checklist=[mark(name, "checklist")],
        )
        task = followups.create_task(data=data, by=user, now=self.now)
        followups.comment_task(task=task, body=mark(name, "comment"), by=user, now=self.now)
        self.ids.setdefault("task", task.pk)
        series = SeriesData(
            title=mark(name, "series"),
            details=mark(name, "series_details"),
            rule="FREQ=MONTHLY;BYMONTHDAY=-1",
            starts_at=self.now.replace(tzinfo=None),
            zone="Europe/Berlin",
            customer=self.customers[name],
        )
        self.ids.setdefault("series", followups.create_series(data=series, by=user, now=self.now).pk)
        self.ids.setdefault("checklist", task.checklist.get().pk)
        day = self.now.date()
        plan = PlanData(mark(name, "plan"), day, day + timedelta(days=30), goal=mark(name, "goal"))
        plan = followups.create_plan(customer=self.customers[name], data=plan, by=user, now=self.now)
        self.ids.setdefault("plan", plan.pk)
        words = {word: mark(name, word) for word in ("subject", "body", "feedback", "agreement")}
        said = CommunicationData("phone", "out", self.now - timedelta(hours=1), **words)
        said = log_communication(customer=self.customers[name], data=said, by=user, now=self.now)
        comment_communication(said=said, body=mark(name, "remark"), by=user, now=self.now)
        self.ids.setdefault("said", said.pk)

    def _import(self, user: User) -> ImportRun:
        """A file of Alice's, read, mapped and tried: its rows sing too."""
        row = mark("alice", "row")
        text = f"Company,Country,Email\n{row} Ltd,DE,{row}@x.example\n,DE,{row}-wrong@x.example\n"
        target = IMPORT_TARGETS["customers"]
        upload = SimpleUploadedFile("customers.csv", text.encode())
        run = importing.start_run(target=target, upload=upload, by=user, now=self.now)
        shape = Shape.from_json(run.shape)
        seen = preview(run.path, shape, n=50)
        columns = [samples(seen, place) for place in range(shape.columns)]
        mapping = [{"field": key} for key in suggest(target.fields(user), seen.headers, columns)]
        importing.confirm_shape(run=run, shape=shape, headers=seen.headers, mapping=mapping, by=user)
        run.refresh_from_db()
        importing.confirm_mapping(run=run, mapping=run.mapping, options={}, by=user, now=self.now)
        run_due(lambda: self.now)
        return run

    def _customer(self, name: str, sung: str = "", company: str = "") -> Customer:
        """A customer of somebody's; every field sings the name, or the one that is ``sung``."""
        user, sung = self.cast[name], sung or name
        said: dict[str, Any] = {
            field: mark(sung, field)
            for field in ("region", "city", "address", "website", "payment_terms", "competitors", "needs", "remarks")
        }
        self.fields |= {*said, "person", "email", "note", "secret", "title"}
        customer = services.create_customer(
            data=CustomerData(
                name=company or mark(sung, "company"),
                country="DE",
                code="",
                **said,
                custom={"secret": mark(sung, "secret")},
                tags=[f"{name}s tag"],  # the words of tags are the firm's, not the customer's
                points=[PointData("wechat", mark(sung, "wechat"))],
                contacts=[
                    ContactData(
                        mark(sung, "person"),
                        title=mark(sung, "title"),
                        birthday=date(1980, 2, 29),
                        points=[PointData("email", mark(sung, "email") + "@firm.example")],
                    )
                ],
            ),
            by=user,
            now=self.now,
        )
        services.add_note(customer=customer, body=mark(sung, "note") + " @dana", by=user, now=self.now)
        services.change_status(
            customer=customer,
            status=Status.objects.get(key="lost"),
            lost_reason="price",
            reason=mark(sung, "reason"),
            by=user,
            now=self.now,
        )
        services.update_customer(customer=customer, changes={"city": mark(sung, "city") + "2"}, by=user, now=self.now)
        return customer

    def records(self) -> list[str]:
        """The pages of each customer, whoever holds it."""
        names = ("detail", "contacts", "headers", "history", "update")
        return [reverse(f"customers:{name}", args=[c.pk]) for c in self.customers.values() for name in names]

    def every_address(self) -> list[str]:
        """Each named address that takes nothing or one id, with the ids of every customer's things."""
        found = []
        ids = {*self.ids.values(), *(customer.pk for customer in self.customers.values())}
        for name in url_names():
            for args in [(), *((pk,) for pk in sorted(ids, key=str))]:
                try:
                    found.append(reverse(name, args=args))
                except NoReverseMatch:
                    continue
        return list(dict.fromkeys(found))


def url_names(resolver: URLResolver | None = None, space: str = "") -> list[str]:
    """Every URL name of the project with its namespace, the admin's left out (tests/core/test_admin.py has those)."""
    resolver = resolver or get_resolver()
    found = []
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern) and entry.name:
            found.append(f"{space}{entry.name}")
        elif isinstance(entry, URLResolver) and entry.namespace != "admin":
            found += url_names(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
    return list(dict.fromkeys(found))
