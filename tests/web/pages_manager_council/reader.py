"""A reader without JavaScript: gets pages, fills in their forms and sends them, and looks at what comes back."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import httpx
from lxml import html as parser


@dataclass
class Page:
    """A page as it came back."""

    status: int
    url: str
    text: str

    @property
    def tree(self) -> Any:
        """The parsed page."""
        return parser.fromstring(self.text, base_url=self.url)

    def all(self, xpath: str) -> list[str]:
        """The texts of everything that an XPath finds, each on one line, with a space between its parts."""
        return [" ".join(" ".join(found.itertext()).split()) for found in self.tree.xpath(xpath)]

    def one(self, xpath: str) -> str:
        """The text of the only thing that an XPath finds."""
        (found,) = self.all(xpath)
        return found

    def of_class(self, name: str) -> list[str]:
        """The texts of the elements of a class."""
        return self.all(f"//*[contains(concat(' ', @class, ' '), ' {name} ')]")

    @property
    def title(self) -> str:
        """The heading of the page."""
        return self.one("//h1")

    @property
    def said(self) -> list[str]:
        """What the alerts on the page say."""
        return self.of_class("sp-alert")

    def error(self, field: str) -> str:
        """What stands beside a field."""
        return self.one(f"//*[@id='error-{field}']")

    def links(self) -> list[str]:
        """Every address that the page leads to within the portal."""
        return [href for href in self.tree.xpath("//main//a/@href") if href.startswith("/")]


class Reader:
    """One person, or a visitor, in a browser without scripts."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def sign_in(self, person: str) -> "Reader":
        """By the identity provider, as a person does."""
        answer = await self._client.get("/sign-in", params={"login_hint": person, "next": "/help"})
        assert answer.status_code == 200, answer.text[:300]
        return self

    async def get(self, address: str) -> Page:
        """A page."""
        return self._page(await self._client.get(address))

    async def file(self, address: str) -> httpx.Response:
        """A download."""
        answer = await self._client.get(address)
        assert answer.status_code == 200, answer.text[:300]
        return answer

    async def send(
        self,
        page: Page,
        ending: str,
        *,
        button: tuple[str, str] | None = None,
        files: dict[str, Any] | None = None,
        **values: str | list[str],
    ) -> Page:
        """Fill in the form whose address ends so, and press its button. What is not given stays as it was."""
        (form,) = [form for form in page.tree.forms if (form.action or "").split("#")[0].endswith(ending)]
        fields: dict[str, Any] = {}
        for name, value in form.form_values():
            fields.setdefault(name, []).append(value)
        fields |= {name: [value] if isinstance(value, str) else value for name, value in values.items()}
        if button:
            fields[button[0]] = [button[1]]
        answer = await self._client.post(
            urljoin(page.url, form.action), data=fields, files=files, headers={"Sec-Fetch-Site": "same-origin"}
        )
        return self._page(answer)

    @staticmethod
    def _page(answer: httpx.Response) -> Page:
        return Page(answer.status_code, str(answer.url), answer.text)
