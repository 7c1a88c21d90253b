"""Which deals, orders and inquiries has the demo firm? About one deal a customer, most of them ended."""

from __future__ import annotations

import secrets
import tomllib
from collections import defaultdict
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection

from accounts.models import User
from core.demo import World
from core.money import Rates, rounded
from core.text import search_document
from core.zones import business_day
from customers.demo.copying import Table, held_customers, searched_later, set_sequences
from customers.models import Customer, Event, Source

from . import rollup
from .facts import searched, write_open_opportunities
from .models import (
    Checkpoint,
    DisqualifyReason,
    Inquiry,
    InquiryForm,
    Lead,
    LostReason,
    Move,
    Opportunity,
    OpportunityLine,
    PassedCheckpoint,
    Pipeline,
    Stage,
)

# From so many customers on the indexes for searching are made when all is there, and deals go to and fro more.
LARGE = 10_000
# Of 1,000 customers of each status how many deals are: open, won, lost; the rest of a number is chance.
DEALS = {
    "potential": (60, 0, 20),
    "contacted": (380, 0, 260),
    "proposal": (1150, 0, 200),
    "won": (350, 1000, 250),
    "retained": (550, 2200, 450),
    "dormant": (0, 300, 500),
    "lost": (0, 0, 1100),
}
STALLED = 0.2  # of the open deals
SLIPPED = 3  # of so many dated ones one had another day
LEADS = 90  # of 1,000 customers
USUAL = ("USD", "EUR", "GBP", "JPY", "CNY", "MXN", "INR", "PLN", "BRL", "CAD", "AUD")


@cache
def prose() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "demo.toml").read_text(encoding="utf-8"))


def opportunities(world: World, now: datetime) -> None:
    """Begin, move and end deals with the customers that somebody holds, and let strangers ask."""
    with searched_later(Opportunity, Lead) if world.size > LARGE else nullcontext():
        Seller(world, now).sell()
        Asker(world, now).ask()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # the sums read what was loaded just now
    rollup.recompute()


class Seller:
    def __init__(self, world: World, now: datetime) -> None:
        self.world, self.now = world, now
        self.random = world.random("opportunities")
        models = (Opportunity, OpportunityLine, Move, PassedCheckpoint, Event)
        self.tables = {model: Table(model) for model in models}
        self.pipeline = Pipeline.objects.in_use().order_by("position", "pk")[0]
        stages = list(Stage.objects.in_use().filter(pipeline=self.pipeline).order_by("position", "pk"))
        self.open = [stage for stage in stages if stage.is_open]
        self.won = next(stage for stage in stages if stage.kind == Stage.Kind.WON)
        self.lost = next(stage for stage in stages if stage.kind == Stage.Kind.LOST)
        self.checkpoints: dict[int, list[int]] = defaultdict(list)
        for checkpoint in Checkpoint.objects.filter(is_active=True).order_by("position"):
            self.checkpoints[checkpoint.stage_id].append(checkpoint.pk)
        self.reasons = list(LostReason.objects.filter(is_active=True).order_by("position"))
        # How much of a currency a dollar is worth, roughly: prices are given in dollars.
        self.in_dollars: dict[str, float] = defaultdict(lambda: 1.0)
        codes = set(Customer.objects.exclude(currency="").values_list("currency", flat=True)) | {"USD"}
        rates = Rates.load(codes, on=business_day(now))
        if dollar := rates.convert(Decimal(1000), "USD"):
            for code in codes:
                if found := rates.convert(Decimal(1000), code):
                    self.in_dollars[code] = float(dollar.amount / found.amount)

    def sell(self) -> None:
        for batch in held_customers("name", "currency", "country", "created_at", "owned_since", "source"):
            self._write(batch)
        set_sequences(self.tables.values())
        self.world.rows += sum(table.written for table in self.tables.values())

    def _write(self, batch: Sequence[Customer]) -> None:
        for customer in batch:
            # A generator of its own: one more deal with one customer leaves the others' alone.
            self.random = self.world.random(f"opportunities {customer.pk}")
            for outcome, share in zip(("open", "won", "lost"), DEALS.get(customer.status.key, (0, 0, 0)), strict=True):
                for _deal in range(share // 1000 + (self.random.randrange(1000) < share % 1000)):
                    self._deal(customer, outcome)
        self._rate()
        for table in self.tables.values():
            table.flush()
        write_open_opportunities(customer.pk for customer in batch)

    def _deal(self, customer: Customer, outcome: str) -> None:
        random = self.random
        owner = customer.owner_id
        assert owner is not None  # held ones only
        path = self._path(outcome)
        if outcome == "open":
            ended = self.now - self._stay(path[-1][1])
        else:
            ended = self.now - timedelta(days=random.randint(2, 700))
        begun = max(customer.created_at, ended - timedelta(days=random.randint(10, 150)))
        # Drawn whether needed or not: days on which nobody works differ from date to date, the firm must not.
        shortest = timedelta(days=random.randint(2, 9))
        if begun >= ended - timedelta(days=1):
            begun = ended - shortest
        times = sorted(begun + (ended - begun) * random.random() for _step in path[2:])
        times = [begun, *times, ended] if path[1:] else [ended]
        product, product_zh, price, usual = random.choice(prose()["products"])
        currency = customer.currency or random.choice(USUAL[:2])
        price *= self.in_dollars[currency]
        quantity = Decimal(int(usual * random.choice((0.25, 0.5, 1, 1, 2, 3))))
        lines = [(product, quantity, Decimal(str(round(price * random.uniform(0.92, 1.15), 3))))]
        if random.random() < 0.25:
            other = random.choice(prose()["products"])
            lines.append((other[0], Decimal(int(other[3] * 0.5)), Decimal(str(other[2]))))
        self._add(
            customer,
            outcome,
            path,
            times,
            owner_id=owner,
            title=random.choice(prose()["titles"]).format(product=product, product_zh=product_zh)[:200],
            currency=currency,
            lines=lines,
            competitors=random.choice(prose()["competitors"]),
        )

    def _stay(self, stage: Stage) -> timedelta:
        """For how long an open deal is in its stage: one of five is stalled."""
        limit = stage.stalls_after or 14
        share = self.random.uniform(1.1, 3) if self.random.random() < STALLED else self.random.uniform(0.02, 0.9)
        return timedelta(days=limit * share)

    def _path(self, outcome: str) -> list[tuple[str, Stage]]:
        """(kind of move, stage entered), the first being where it began."""
        random = self.random
        place = 0 if random.random() < 0.85 else 1
        path = [("created", self.open[place])]
        end = len(self.open) - 1 if outcome == "won" else random.choices(range(len(self.open)), (30, 26, 22, 14, 8))[0]
        while place < end:
            place = min(end, place + (2 if random.random() < 0.12 else 1))
            path.append(("forward", self.open[place]))
            backs = 2 if self.world.size > LARGE else 0
            for _time in range(backs if backs and random.random() < 0.95 else random.random() < 0.08):
                if place > 0:
                    path += [("back", self.open[place - 1]), ("forward", self.open[place])]
        if outcome != "open":
            if random.random() < 0.04:
                path += [("lost", self.lost), ("reopened", self.open[place])]
            path.append((outcome, self.won if outcome == "won" else self.lost))
        return path

    def _add(
        self,
        customer: Customer,
        outcome: str,
        path: Sequence[tuple[str, Stage]],
        times: Sequence[datetime],
        *,
        lines: Sequence[tuple[str, Decimal, Decimal]],
        owner_id: int,
        title: str,
        currency: str,
        competitors: str,
    ) -> None:
        random = self.random
        reached = max((stage for _kind, stage in path if stage is not self.lost), key=lambda stage: stage.position)
        closed = times[-1] if outcome != "open" else None
        is_lost = outcome == "lost"
        reason = random.choice(self.reasons) if is_lost else None
        # Of those that ended it was right within a fortnight, so that past forecasts are worth a look.
        days = random.randint(-12, 100)
        expected = closed + timedelta(days=(days - 44) // 4) if closed else self.now + timedelta(days=days)
        columns: dict[str, Any] = {
            "title": title,
            "currency": currency,
            "amount": rounded(sum((number * price for _name, number, price in lines), Decimal(0)), currency),
            "competitors": competitors,
            "product": ", ".join(name for name, _number, _price in lines)[:300],
            "lost_to": (competitors or "INGCO") if reason is not None and reason.asks_who else "",
        }
        dated = path[-1][1] is not self.open[0] or random.random() < 0.6
        expected_on = business_day(expected) if dated else None
        pk = self.tables[Opportunity].add(
            customer_id=customer.pk,
            owner_id=owner_id,
            pipeline_id=self.pipeline.pk,
            stage_id=path[-1][1].pk,
            stage_at=times[-1],
            outcome=outcome,
            reached_id=reached.pk,
            opened_on=business_day(times[0]),
            expected_on=expected_on,
            closed_on=business_day(closed) if closed else None,
            lost_reason_id=reason.pk if reason else None,
            source_id=customer.source_id,
            search_text=searched(Opportunity(**columns), customer.name),
            created_by_id=owner_id,
            created_at=times[0],
            updated_at=times[-1],
            **columns,
        )
        for place, (name, number, price) in enumerate(lines):
            self.tables[OpportunityLine].add(
                opportunity_id=pk, position=place, product=name, quantity=number, unit="pcs", price=price
            )
        self._moves(pk, customer, path, times, owner_id)
        if outcome == "open" and expected_on and pk % SLIPPED == 0:
            self._slip(pk, customer, expected_on, times[-1], owner_id)

    def _slip(self, pk: int, customer: Customer, expected_on: date, since: datetime, by: int) -> None:
        """Its close was expected on another day: mostly an earlier one. No number is drawn, all else stays the same."""
        before = expected_on + timedelta(days=21 if pk % 4 == 0 else -14)
        self.tables[Event].add(
            kind="opportunity.changed",
            customer_id=customer.pk,
            at=max(since, self.now - timedelta(days=pk % 29, hours=1)),
            by_id=by,
            target_label=Opportunity._meta.label_lower,
            target_id=pk,
            payload={"fields": ["expected_on"], "expected": [before.isoformat(), expected_on.isoformat()]},
        )

    def _moves(
        self, pk: int, customer: Customer, path: Sequence[tuple[str, Stage]], times: Sequence[datetime], by: int
    ) -> None:
        before: Stage | None = None
        for place, ((kind, stage), at) in enumerate(zip(path, times, strict=True)):
            words = prose().get({"lost": "lost_words"}.get(kind, kind), ())
            self.tables[Move].add(
                opportunity_id=pk,
                kind=kind,
                before_id=before.pk if before else None,
                after_id=stage.pk,
                reason=self.random.choice(words) if words else "",
                by_id=by,
                at=at,
                left_at=times[place + 1] if place + 1 < len(times) else None,
            )
            self.tables[Event].add(
                kind={"created": "opportunity.created", "won": "opportunity.won", "lost": "opportunity.lost"}.get(
                    kind, "opportunity.reopened" if kind == "reopened" else "opportunity.moved"
                ),
                customer_id=customer.pk,
                at=at,
                by_id=by,
                target_label=Opportunity._meta.label_lower,
                target_id=pk,
                payload={"from": before.pk if before else None, "to": stage.pk, "move": self.tables[Move].last_id}
                if before
                else {"stage": stage.pk},
            )
            before = stage
        furthest = max(stage.position for _kind, stage in path if stage is not self.lost)
        for stage in self.open:
            is_passed = stage.position < furthest
            for checkpoint in self.checkpoints[stage.pk]:
                if is_passed or (stage is before and self.random.random() < 0.4):
                    self.tables[PassedCheckpoint].add(
                        opportunity_id=pk, checkpoint_id=checkpoint, by_id=by, at=times[-1]
                    )

    def _rate(self) -> None:
        """Base amounts of the deals that are lined up: at the rate of their day."""
        today = business_day(self.now)
        rows = self.tables[Opportunity].rows
        rates = Rates.for_days({(row["currency"], row["closed_on"] or today) for row in rows})
        for row in rows:
            found = rates.convert(row["amount"], row["currency"], row["closed_on"] or today)
            if found is not None:
                row["amount_base"], row["rated_on"] = found.amount, found.rate_on


class Asker:
    """Strangers who ask by the web site's form, marketplaces and at fairs."""

    def __init__(self, world: World, now: datetime) -> None:
        self.world, self.now = world, now
        self.random = world.random("leads")
        self.tables = {model: Table(model) for model in (Lead, Inquiry, Event)}
        self.people: list[User] = [user for user in world.made["people"].values() if user.is_active and user.team_id]
        self.sources = dict(Source.objects.values_list("key", "pk"))
        self.reasons = list(DisqualifyReason.objects.filter(is_active=True))

    def ask(self) -> None:
        form = self._form()
        for number in range(max(24, self.world.size * LEADS // 1000)):
            self._lead(number, form)
            if len(self.tables[Lead].rows) >= 1000:
                self._flush()
        self._junk(form)
        self._flush()
        set_sequences(self.tables.values())
        self.world.rows += sum(table.written for table in self.tables.values())

    def _flush(self) -> None:
        for table in self.tables.values():
            table.flush()

    def _form(self) -> InquiryForm:
        admin = User.objects.filter(role=User.Role.ADMIN).order_by("pk")[0]
        return InquiryForm.objects.create(
            token=secrets.token_urlsafe(12),
            name="Web site",
            title_en="Ask us for a quotation",
            title_zh="向我们询价",
            intro_en="Tell us what you need; a colleague who speaks your language answers within a working day.",
            intro_zh="请告诉我们您的需求，我们会在一个工作日内回复。",
            consent_en="I agree that you keep what I entered to answer my inquiry.",
            consent_zh="我同意贵司为答复询盘而保存以上信息。",
            thanks_en="Thank you. We have your inquiry and answer within a working day.",
            thanks_zh="感谢您的询盘，我们会在一个工作日内回复。",
            fields={
                "company": "shown",
                "person": "required",
                "email": "required",
                "phone": "shown",
                "country": "shown",
                "product": "shown",
                "quantity": "shown",
                "message": "required",
            },
            source_id=self.sources.get("website"),
            team=next(user.team for user in self.people),
            created_at=self.now,
            created_by=admin,
        )

    def _junk(self, form: InquiryForm) -> None:
        """Posts of programs that wait for somebody to look."""
        for number, words in enumerate(prose()["junk"]):
            at = self.now - timedelta(hours=self.random.expovariate(1 / 100))
            posted = {"person": words[0], "email": f"offer{number}@promo.example", "message": words[1]}
            self.tables[Inquiry].add(form_id=form.pk, received_at=at, posted=posted, state="suspect", why=words[2])

    def _lead(self, number: int, form: InquiryForm) -> None:
        random, words = self.random, prose()
        product, product_zh, _price, usual = random.choice(words["products"])
        person = random.choice(words["people"])
        company = f"{random.choice(words['companies'])} {number + 1} {random.choice(words['forms'])}"
        subject, message = random.choice(words["inquiries"])
        filled = {"product": product, "product_zh": product_zh, "quantity": usual // 2, "person": person}
        at = self.now - timedelta(hours=random.expovariate(1 / 500))
        key = random.choice(("website", "website", "alibaba", "made_in_china", "canton_fair", "linkedin"))
        is_web = key == "website"
        owner = random.choice(self.people) if random.random() < 0.85 or not is_web else None
        state = random.choices(("new", "working", "disqualified"), (45, 35, 20))[0] if owner else "new"
        reason = random.choice(self.reasons) if state == "disqualified" else None
        columns = {
            "company": company if random.random() < 0.85 else "",
            "person": person,
            "email": f"{person.split()[0].lower()}{number}@{company.split()[0].lower()}.example",
            "subject": subject.format(**filled),
            "message": message.format(**filled),
            "product": product,
        }
        pk = self.tables[Lead].add(
            **columns,
            country=random.choice(words["countries"]),
            quantity=Decimal(usual // 2),
            unit="pcs",
            source_id=self.sources.get(key),
            form_id=form.pk if is_web else None,
            utm={"utm_source": "google", "utm_campaign": "tools-2026"} if is_web and random.random() < 0.5 else {},
            asked_at=at,
            consent_at=at if is_web else None,
            consent_text=form.consent_en if is_web else "",
            owner_id=owner.pk if owner else None,
            team_id=owner.team_id if owner else form.team_id,
            owned_since=at if owner else None,
            state=state,
            state_at=at,
            disqualify_reason_id=reason.pk if reason else None,
            disqualify_note="…" if reason and reason.asks_why else "",
            search_text=search_document(
                [columns["company"], columns["person"]],
                [columns["email"], columns["subject"], columns["message"], columns["product"]],
            ),
            created_by_id=owner.pk if owner and not is_web else None,
            created_at=at,
            updated_at=at,
        )
        if is_web:
            asked = ("company", "person", "email", "message", "product")
            posted = {name: columns[name] for name in asked} | {"quantity": str(usual // 2)}
            self.tables[Inquiry].add(form_id=form.pk, received_at=at, posted=posted, state="lead", lead_id=pk)
        self.tables[Event].add(
            kind="lead.created", at=at, target_label=Lead._meta.label_lower, target_id=pk, payload={}
        )
