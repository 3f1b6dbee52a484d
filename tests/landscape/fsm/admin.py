# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for the FSM Admin portal: an administrator has the account trust certificates there, generates clients.

SAP publishes no API for either, only that an administrator does it by hand. Nothing here imitates a real interface:
paths, page and JSON are the landscape's own, and the collection must not use them. The path says so as well.
"""

from __future__ import annotations

import typing as t
from html import escape

from starlette.datastructures import UploadFile
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from ..platform.web import PlainServiceError, basic_credentials, note_environment, resource, same_secret

if t.TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import Route

    from .accounts import FsmAccount, FsmCluster, TrustedCertificate

PATH = "/simulated-admin/accounts/{account_id}/trusted-certificates"
CLIENTS_PATH = "/simulated-admin/accounts/{account_id}/companies/{company_id:str}/clients"

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Trusted certificates of account {account}</title></head>
<body>
<h1>Trusted certificates of account {account}</h1>
<p>Simulated stand-in for FSM Admin. SAML assertions signed by these certificates are accepted.</p>
<table border="1">
<tr><th>Subject</th><th>Serial number</th><th>Valid until (UTC)</th><th>SHA-256 fingerprint</th><th></th></tr>
{rows}
</table>
<h2>Upload</h2>
<form method="post" enctype="multipart/form-data">
<p><label>Certificate (PEM file) <input type="file" name="certificate" required></label></p>
<p><button>Upload</button></p>
</form>
</body>
</html>
"""

_ROW = """<tr><td>{subject}</td><td>{serial}</td><td>{until}</td><td><code>{fingerprint}</code></td>
<td><form method="post" action="{path}/{fingerprint}/remove"><button>Remove</button></form></td></tr>"""


class FsmAdministration:
    """The page for people and the JSON for scripts; both ask for the administrator's user and password."""

    def __init__(self, clusters: t.Mapping[str, FsmCluster]) -> None:
        self._clusters = clusters

    @property
    def routes(self) -> list[Route]:
        """The routes below an FSM cluster's host name."""
        return [
            resource(PATH, get=self.show, post=self.upload),
            resource(PATH + "/{fingerprint}", delete=self.delete),
            # HTML forms know no DELETE.
            resource(PATH + "/{fingerprint}/remove", post=self.delete),
            resource(CLIENTS_PATH, post=self.generate_client),
        ]

    async def show(self, request: Request) -> Response:
        """Show the trusted certificates."""
        account = self._account(request)
        if not _is_browser(request):
            return JSONResponse([_summary(certificate) for certificate in account.certificates])
        rows = (
            _ROW.format(
                subject=escape(certificate.subject),
                serial=certificate.serial_number,
                until=certificate.not_after.isoformat(sep=" ", timespec="minutes"),
                fingerprint=certificate.fingerprint,
                path=escape(request.url.path),
            )
            for certificate in account.certificates
        )
        return HTMLResponse(_PAGE.format(account=escape(account.id), rows="\n".join(rows)))

    async def upload(self, request: Request) -> Response:
        """Trust a certificate: the file of the page's form, or a request whose body is the PEM text itself."""
        account = self._account(request)
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            upload = (await request.form()).get("certificate")
            content = await upload.read() if isinstance(upload, UploadFile) else (upload or "").encode()
        else:
            content = await request.body()
        try:
            certificate = account.upload(content.decode("ascii"))
        except ValueError as error:
            raise PlainServiceError(
                400, f"This is not a certificate in PEM form: {error}", media_type="text/plain"
            ) from error
        if _is_browser(request):
            return RedirectResponse(request.url.path, 303)
        return JSONResponse(_summary(certificate), 201)

    async def delete(self, request: Request) -> Response:
        """Trust a certificate no longer."""
        account = self._account(request)
        if not account.remove(request.path_params["fingerprint"]):
            raise PlainServiceError(404, "No certificate with this fingerprint is trusted", media_type="text/plain")
        if request.method == "POST":
            return RedirectResponse(PATH.format(account_id=account.id), 303)
        return Response(status_code=204)

    async def generate_client(self, request: Request) -> Response:
        """Generate one more client ID and secret for a company; those that there are stay valid."""
        account = self._account(request)
        company = request.path_params["company_id"]
        if company not in account.companies:
            raise PlainServiceError(404, "The account has no such company", media_type="text/plain")
        cluster = self._clusters[request.scope["landscape.host"]["cluster"]]
        client = cluster.generate_client(account, company, account.environment)
        return JSONResponse({"client_id": client.id, "client_secret": client.secret}, 201)

    def _account(self, request: Request) -> FsmAccount:
        """Return the account in the path.

        Raises:
            ServiceError: 401 unless its administrator has logged on.
        """
        cluster = self._clusters[request.scope["landscape.host"]["cluster"]]
        account = cluster.accounts.get(request.path_params["account_id"])
        if account is None or not is_administrator(request, account):
            raise PlainServiceError(
                401,
                "Log on as the account's administrator",
                media_type="text/plain",
                headers={"WWW-Authenticate": 'Basic realm="FSM Admin (simulated)", charset="UTF-8"'},
            )
        note_environment(request, account.environment)
        return account


def is_administrator(request: Request, account: FsmAccount) -> bool:
    """Say whether a request comes from an account's administrator, by HTTP Basic."""
    user, password = basic_credentials(request) or ("", "")
    return user == account.administrator and same_secret(password, account.administrator_password)


def _is_browser(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _summary(certificate: TrustedCertificate) -> dict[str, t.Any]:
    return {
        "fingerprint": certificate.fingerprint,
        "subject": certificate.subject,
        # As text: JSON readers round integers of this size.
        "serial_number": str(certificate.serial_number),
        "not_after": certificate.not_after.isoformat(),
        "certificate": certificate.pem,
    }
