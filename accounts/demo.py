"""Who works in the demo firm, Haiyue Tools & Lighting of Ningbo and Shenzhen?"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password

from core.demo import World
from core.zones import business_day

from .models import Team, User

S, M, A = User.Role.SALESPERSON, User.Role.MANAGER, User.Role.ADMIN

TEAMS = (
    ("europe", "Europe", "欧洲部"),
    ("americas", "Americas", "美洲部"),
    ("asia_africa", "Asia, Middle East, Africa", "亚非中东部"),
)

# user name, name, role, team, time zone
PEOPLE = (
    ("alice", "Alice Lin", S, "europe", "Asia/Shanghai"),
    ("bob", "Bob Wang", S, "europe", "Asia/Shanghai"),
    ("charlie", "Charlie Zhao", S, "americas", "Asia/Shanghai"),
    ("dana", "Dana Chen", M, "europe", "Asia/Shanghai"),
    ("root", "Root Zhou", A, "", "Asia/Shanghai"),
    ("lin.xiaowen", "林晓雯", S, "europe", "Asia/Shanghai"),
    ("katarzyna", "Katarzyna Zielińska", S, "europe", "Europe/Warsaw"),
    ("huang.junjie", "黄俊杰", M, "americas", "Asia/Shanghai"),
    ("sofia", "Sofía Ramírez", S, "americas", "America/Mexico_City"),
    ("chen.jiahao", "陈嘉豪", S, "americas", "Asia/Shanghai"),
    ("sun.lihua", "孙丽华", M, "asia_africa", "Asia/Shanghai"),
    ("youssef", "Youssef Haddad", S, "asia_africa", "Asia/Dubai"),
    ("zhao.yutong", "赵雨桐", S, "asia_africa", "Asia/Shanghai"),
    ("minh", "Trần Quang Minh", S, "asia_africa", "Asia/Ho_Chi_Minh"),
)
MAY_EXPORT = {"bob", "zhao.yutong"}
JOINED_DAYS_AGO = 4 * 365
# (user name, first and last day away, counted from today)
AWAY = ("chen.jiahao", -1, 5)


def people(world: World, now: datetime) -> None:
    """Make the teams and people; leaves ``teams`` by key and ``people`` by user name in the world.

    Nobody has a language set, so the browser decides; all have DEMO_PASSWORD.
    """
    teams = {key: Team(name_en=english, name_zh=chinese) for key, english, chinese in TEAMS}
    Team.objects.bulk_create(teams.values())
    today = business_day(now)
    # One hash for all: hashing takes a quarter of a second, and the password is no secret.
    password = make_password(settings.DEMO_PASSWORD)
    users = {
        username: User(
            username=username,
            name=name,
            email=f"{username}@haiyue.example",
            password=password,
            role=role,
            team=teams.get(team),
            time_zone=zone,
            may_export=username in MAY_EXPORT,
            date_joined=now - timedelta(days=JOINED_DAYS_AGO),
        )
        for username, name, role, team, zone in PEOPLE
    }
    username, first, last = AWAY
    users[username].away_from, users[username].away_to = today + timedelta(first), today + timedelta(last)
    User.objects.bulk_create(users.values())
    world.made |= {"teams": teams, "people": users}
