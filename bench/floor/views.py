"""What does the least page do? Know who is signed in, ask one statement, fill a bare template."""

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .statements import statements


def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


@login_required
def signed_in(request: HttpRequest) -> HttpResponse:
    return render(request, "signed_in.html")


@login_required
def page(request: HttpRequest, name: str) -> HttpResponse:
    """The rows of a statement in the template ``shape`` names; the query's words are its parameters."""
    words = {**request.GET.dict(), "user": request.user.pk}
    with connection.cursor() as cursor:
        cursor.execute(statements()[name], words)
        columns = [column.name for column in cursor.description]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return render(request, f"{name.partition('_')[0]}.html", {"rows": rows})
