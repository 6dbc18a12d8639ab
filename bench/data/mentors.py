"""A directory of many mentors, made by rules: some words are in all profiles, some in one of thirty-two."""

from typing import Any

# Parted by blanks, as PostgreSQL takes them apart again.
WORDS = {
    "firsts": "Anaïs Bastien Chloé Damien Élodie Fabrice Gaëlle Hugo Inès Jérôme Karim Léa Maëlys Noël Océane Paul",
    "stems": "Bar Ber Bon Cas Char Clé Cour Da Del Du Fau Fer Gar Gi Guil Hen",
    "middles": "ba bi de do gue la le li ma mi ne no ra ri so ti",
    "ends": "ard aud eau elle er et eux ier in ine is on ot oux rd ville",
    "countries": "FR FR FR BE CH CA SN MA TN CI US GB DE ES IT LB",
    "specialties": "Cardiologie Neurologie Pédiatrie Oncologie Dermatologie Chirurgie Psychiatrie Gériatrie Radiologie "
    "Urologie Hématologie Néphrologie Pneumologie Rhumatologie Ophtalmologie Gynécologie Allergologie Anesthésie "
    "Endocrinologie Infectiologie Nutrition Stomatologie Toxicologie Addictologie Algologie Obstétrique Virologie Génétique "
    "Traumatologie Réanimation Urgences Phlébologie",
}
PICK = """
CREATE OR REPLACE FUNCTION pg_temp.pick(words text, n bigint) RETURNS text LANGUAGE sql IMMUTABLE
    AS $$ SELECT (string_to_array(words, ' '))[1 + (hashint8(n) & (cardinality(string_to_array(words, ' ')) - 1))] $$"""
PEOPLE = """
INSERT INTO users (username, first_name, last_name, role)
SELECT 'mentor' || g, pg_temp.pick(%(firsts)s, g),
       pg_temp.pick(%(stems)s, g + 7) || pg_temp.pick(%(middles)s, g + 13) || pg_temp.pick(%(ends)s, g + 29), 'mentor'
FROM generate_series(%(first)s, %(last)s) AS g
"""
PROFILES = """
INSERT INTO mentor_profiles (user_id, name, sort_name, listed, headline, bio, country, specialties, languages, availability,
                             answers_accepted)
SELECT u.id, u.first_name || ' ' || u.last_name, u.sort_name, true, s.label || ' : accompagner les débuts',
       b.words || ' ' || s.label, pg_temp.pick(%(countries)s, u.id + 3),
       ARRAY[s.label, pg_temp.pick(%(specialties)s, u.id + 5)],
       CASE WHEN u.id %% 4 = 0 THEN ARRAY['fr', 'en'] WHEN u.id %% 16 = 1 THEN ARRAY['ar'] ELSE ARRAY['fr'] END,
       pg_temp.pick('available available limited unavailable', u.id + 9), hashint8(u.id + 77) & 63
FROM users u
CROSS JOIN LATERAL (SELECT pg_temp.pick(%(specialties)s, u.id + 1) AS label) s
CROSS JOIN LATERAL (
    SELECT string_agg(pg_temp.pick(%(middles)s, u.id * 131 + w) || pg_temp.pick(%(ends)s, u.id * 17 + w * 3)
                      || pg_temp.pick(%(middles)s, w + u.id), ' ') AS words
    FROM generate_series(1, 90) AS w
) b
WHERE u.username LIKE 'mentor%%' AND NOT EXISTS (SELECT FROM mentor_profiles m WHERE m.user_id = u.id)
"""
LEARNT = """
INSERT INTO mentor_words (word)
SELECT DISTINCT w.word FROM mentor_profiles m, unnest(tsvector_to_array(m.words)) AS w (word) WHERE char_length(w.word) > 2
ON CONFLICT DO NOTHING;
INSERT INTO mentor_specialties (tag, label)
SELECT 's:' || plain_words(s.label), s.label FROM unnest(string_to_array(%(specialties)s, ' ')) AS s (label)
ON CONFLICT DO NOTHING
"""


def fill_directory(cursor: Any, count: int, *, at_once: int = 20_000) -> None:
    """As the superuser: triggers, which learn word by word, are passed over. Goes on where it was stopped."""
    cursor.execute("SET session_replication_role = replica")
    cursor.execute(PICK)
    for first in range(_have(cursor) + 1, count + 1, at_once):
        cursor.execute("BEGIN")
        for statement in (PEOPLE, PROFILES):
            cursor.execute(statement, {"first": first, "last": min(first + at_once - 1, count), **WORDS})
        cursor.execute("COMMIT")
    cursor.execute(LEARNT, WORDS)
    cursor.execute("RESET session_replication_role")
    cursor.execute("VACUUM (ANALYZE) users, mentor_profiles, mentor_words")


def _have(cursor: Any) -> int:
    cursor.execute("SELECT count(*) FROM users WHERE username LIKE 'mentor%'")
    return int(cursor.fetchone()[0])
