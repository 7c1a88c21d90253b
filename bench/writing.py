"""How long do the forms take that people send all day: a new customer, a logged contact, a finished task?"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from itertools import count, cycle
from random import Random

from django.utils import timezone

from communications.models import Communication
from customers.models import Customer
from followups.models import Task

from .client import WrongAnswer, form_fields
from .figures import Figures
from .stage import WARM_UP, Stage

SYLLABLES = (
    "ka",
    "lo",
    "mi",
    "ru",
    "te",
    "vo",
    "za",
    "ne",
    "si",
    "pu",
    "da",
    "gri",
    "bro",
    "ful",
    "tash",
    "wen",
    "quo",
)


def new_name(random: Random) -> str:
    """A name that no customer has, nor one like it."""
    words = ["".join(random.choices(SYLLABLES, k=4)).title() for _word in range(2)]
    return f"{' '.join(words)} GmbH"


def create(stage: Stage) -> Iterator[Figures]:
    """[create]: the form sent with name, country, website, number and address, until the answer leads to the record."""
    browser = stage.browsers["product", "salesperson"]
    empty = form_fields(browser.get("/customers/new/").body)
    random = Random("create")  # noqa: S311  no secret
    numbers = count(1)

    def send() -> float:
        name, number = new_name(random), next(numbers)
        domain = f"{name.split()[0].lower()}{number}.example"
        data = empty | {
            "submission": str(uuid.uuid4()),
            "name": name,
            "country": "DE",
            "website": f"www.{domain}",
            "points-0-kind": "email",
            "points-0-value": f"info@{domain}",
            "points-1-kind": "phone",
            "points-1-value": f"+49 30 7{number:06}",
        }
        answer = browser.post("/customers/new/", data)
        if answer.status != 302:
            raise WrongAnswer(f"Entering {name} answered {answer.status}")
        return answer.ms

    before = Customer.objects.count()
    figures = stage.compare(
        lambda: Figures("create", "with conflict check", 5.0),
        send,
        lambda: stage.floor("salesperson", "/signed-in/"),
    )
    made = Customer.objects.count() - before
    if made < stage.rounds:
        raise WrongAnswer(f"Only {made} customers were made")
    figures.rows = made
    yield figures


def conflict(stage: Stage) -> Iterator[Figures]:
    """[conflict]: the panel beside the form while a name is typed, of firms that are there and of new ones."""
    browser = stage.browsers["product", "salesperson"]
    browser.get("/customers/new/")  # brings the token
    names = list(Customer.objects.filter(kind="company").order_by("pk").values_list("name", "country")[7::97][:40])
    random = Random("conflict")  # noqa: S311  no secret
    typed = [(name[: max(3, len(name) - cut)], country) for name, country in names for cut in (0, 3)]
    typed += [(new_name(random), "DE") for _name in range(20)]
    random.shuffle(typed)
    following = cycle(typed)

    def type_on() -> float:
        name, country = next(following)
        answer = browser.post("/customers/check/", {"name": name, "country": country, "kind": "company"}, htmx=True)
        if answer.status != 200:
            raise WrongAnswer(f"The check of {name} answered {answer.status}")
        return answer.ms

    whole = browser.post(
        "/customers/check/", {"name": names[0][0], "country": names[0][1], "kind": "company"}, htmx=True
    )
    if "card" not in whole.body and "hit" not in whole.body:
        raise WrongAnswer(f"The check does not find {names[0][0]}")
    yield stage.compare(
        lambda: Figures("conflict", "live, while typing", 3.0, p95_bar=10.0, bytes=whole.bytes, rows=len(typed)),
        type_on,
        lambda: stage.floor("salesperson", "/signed-in/"),
    )


def log(stage: Stage) -> Iterator[Figures]:
    """[log]: what was said is written down, until the answer leads on."""
    browser = stage.browsers["product", "salesperson"]
    customer = Customer.objects.filter(owner=stage.users["salesperson"]).order_by("pk")[20]
    path = f"/customers/{customer.pk}/log/"
    empty = form_fields(browser.get(path).body) | {"channel": "phone", "direction": "out"}
    before = Communication.objects.count()
    yield _sent(stage, "log", "a communication", lambda: path, lambda: empty | {"body": "They think about it"})
    if Communication.objects.count() - before < stage.rounds:
        raise WrongAnswer("Not every communication was written down")


def complete(stage: Stage) -> Iterator[Figures]:
    """[complete]: a task is marked as done with its result, until the answer leads on."""
    browser, alice = stage.browsers["product", "salesperson"], stage.users["salesperson"]
    customer = Customer.objects.filter(owner=alice).order_by("pk")[21]
    now = timezone.now()
    tasks = Task.objects.bulk_create(
        Task(title=f"Call {n}", kind="other", customer=customer, assignee=alice, created_at=now, updated_at=now)
        for n in range(4 * (stage.rounds + WARM_UP) + 2)
    )
    paths = iter([f"/tasks/{task.pk}/complete/" for task in tasks])
    empty = form_fields(browser.get(next(paths)).body)
    empty.pop("logs", None)
    yield _sent(stage, "complete", "a task", lambda: next(paths), lambda: empty | {"result": "They think about it"})
    done = Task.objects.filter(pk__in=[task.pk for task in tasks], state=Task.State.DONE).count()
    if done < stage.rounds:
        raise WrongAnswer(f"Only {done} tasks were done")


def _sent(
    stage: Stage, operation: str, variant: str, path: Callable[[], str], fields: Callable[[], dict[str, str]]
) -> Figures:
    """A form sent again and again, each time with a token of its own, beside the signed-in floor page."""
    browser = stage.browsers["product", "salesperson"]

    def send() -> float:
        answer = browser.post(path(), fields() | {"submission": str(uuid.uuid4())})
        if answer.status != 302:
            raise WrongAnswer(f"{operation} answered {answer.status}")
        return answer.ms

    return stage.compare(
        lambda: Figures(operation, variant, 4.0), send, lambda: stage.floor("salesperson", "/signed-in/")
    )
