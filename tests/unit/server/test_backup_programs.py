"""What every user of the machine can see of pg_dump and psql: their arguments."""

import pytest

from server.backup.programs import connection


@pytest.mark.parametrize(
    ("url", "shown", "password"),
    [
        ("postgresql://u:p%40ss@h:5/db", "postgresql://u@h:5/db", "p@ss"),
        ("postgresql://u@h/db?password=p%40ss+1", "postgresql://u@h/db", "p@ss+1"),
        ("postgresql:///db?user=u&password=secret&host=/run", "postgresql:///db?user=u&host=/run", "secret"),
        (
            "postgresql://u:other@h/db?password=secret&options=-c%20a%3Db",
            "postgresql://u@h/db?options=-c%20a%3Db",
            "secret",
        ),
        ("postgresql://h/db?sslmode=require", "postgresql://h/db?sslmode=require", None),
    ],
)
def test_a_password_goes_by_the_environment_wherever_it_stands(url: str, shown: str, password: str | None) -> None:
    assert connection(url) == (f"--dbname={shown}", {"PGPASSWORD": password} if password else {})
