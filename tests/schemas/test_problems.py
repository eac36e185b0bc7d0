from random import Random

from schemas.problems import nearest, nearest_or_all


def test_of_very_many_names_the_nearest_is_the_same_in_any_order() -> None:
    names = [f"Europe/{letter}{number}" for letter in "abcdefgh" for number in range(100)] + ["Europe/Berlin"]
    for seed in range(5):
        Random(seed).shuffle(names)  # noqa: S311 - an order, not a secret
        assert nearest("Europe/Berln", names) == " Did you mean `Europe/Berlin`?"


def test_a_name_that_is_not_there_is_answered_with_what_is() -> None:
    assert nearest_or_all("wbe", ["web", "api"]) == " Did you mean `web`?"
    assert nearest_or_all("x", ["web", "api"], "There is") == " There is `web` and `api`."
    assert nearest_or_all("x", []) == ""
