"""The code of a certificate, and what somebody writes down for themselves about their training."""

from __future__ import annotations

from app.core.forms import Form, Required, TextArea, TextField


class CertificateCodeForm(Form):
    """The code of a certificate, for whoever checks one."""

    code = TextField("Code", [Required("Enter the code that stands on the certificate")], max_length=40)


class ReflectionForm(Form):
    """What somebody writes for themselves about a course; either may be empty, not both."""

    learnt = TextArea("What I learnt", max_length=5000)
    changes = TextArea("What I will do differently", max_length=5000)
