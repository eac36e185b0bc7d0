from schemas.release.text import released

A, B = (f"sha256:{letter * 64}" for letter in "ab")


def test_the_first_release_is_a_whole_file() -> None:
    assert released(None, "shop", "prod", {"web": f"r.test/web@{A}", "cart": f"r.test/cart:2@{B}"}) == (
        "apiVersion: stackwright.dev/v1\nkind: Release\nmetadata: {application: shop, environment: prod}\n"
        f"spec:\n  images:\n    cart: r.test/cart:2@{B}\n    web: r.test/web@{A}\n"
    )


def test_another_release_changes_the_lines_of_its_images() -> None:
    before = (
        "# by CI\nkind: Release\nspec:\n  images:\n"
        f"    web: r.test/web@{A}   # since Monday\n    # the cart waits\n    cart: r.test/cart@{A}\n# end\n"
    )
    after = released(before, "shop", "prod", {"web": f"r.test/web@{B}", "api": f"r.test/api@{B}"})
    assert after == (
        "# by CI\nkind: Release\nspec:\n  images:\n"
        f"    web: r.test/web@{B}   # since Monday\n    # the cart waits\n    cart: r.test/cart@{A}\n"
        f"    api: r.test/api@{B}\n# end\n"
    )


def test_a_release_without_images_gets_its_first() -> None:
    assert released("spec: {images: {}}\n", "shop", "prod", {"web": "r@d"}) == "spec: {images: {web: r@d}}\n"
