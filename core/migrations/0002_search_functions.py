"""Extensions, and the SQL twin of core.text.cjk_grams behind the search indexes."""

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations

# The class CJK of core.text, as a PostgreSQL bracket expression.
CJK = (
    r"\u3005-\u3007\u3040-\u30ff\u3100-\u312f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
    r"\U00020000-\U0003ffff"
)

# Written over one scan of the letters: substr() on UTF-8 text would make long documents quadratic.
CREATE = f"""
CREATE FUNCTION gonghai_cjk_grams(document text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 2000
AS $function$
WITH letters AS (
    SELECT letter, letter ~ '[{CJK}]' AS is_cjk, place
    FROM string_to_table(CASE WHEN document ~ '[{CJK}]' THEN document END, NULL)
    WITH ORDINALITY AS split (letter, place)
), pairs AS (
    SELECT letter, is_cjk, lead(letter) OVER line AS following, lead(is_cjk) OVER line AS following_is_cjk
    FROM letters WINDOW line AS (ORDER BY place)
)
SELECT coalesce(array_agg(DISTINCT gram ORDER BY gram), '{{}}') FROM (
    SELECT letter COLLATE "C" AS gram FROM pairs WHERE is_cjk
    UNION ALL
    SELECT (letter || following) COLLATE "C" FROM pairs WHERE is_cjk AND following_is_cjk
) grams
$function$
"""  # noqa: S608  put together from constants only


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        TrigramExtension(),
        BtreeGistExtension(),
        migrations.RunSQL(CREATE, "DROP FUNCTION gonghai_cjk_grams(text)"),
    ]
