"""A foreign peer for the login: gss-ntlmssp through GSSAPI. One JSON object a line in, one out.

usage: gss-peer.py accept|initiate ntlm|spnego   (NTLM_USER_FILE: DOMAIN:user:password)
  {"step": base64|null}         -> {"token": base64|null, "done": bool}
  {"wrap": base64}              -> {"sealed": base64}   (16 bytes of signature, then the ciphertext)
  {"unwrap": base64}            -> {"plain": base64}
Anything that fails              -> {"error": text}
"""

import base64
import json
import sys

import gssapi

NTLM = gssapi.OID.from_int_seq("1.3.6.1.4.1.311.2.2.10")
SPNEGO = gssapi.OID.from_int_seq("1.3.6.1.5.5.2")


def main(role, kind, user="User", cbt=None):
    mech = NTLM if kind == "ntlm" else SPNEGO
    bindings = None
    if cbt:
        bindings = gssapi.raw.ChannelBindings(application_data=cbt.encode())
    if role == "accept":
        creds = gssapi.Credentials(usage="accept", mechs=[NTLM] if kind == "ntlm" else [SPNEGO])
        context = gssapi.SecurityContext(usage="accept", creds=creds, channel_bindings=bindings)
    else:
        flags = (
            gssapi.RequirementFlag.confidentiality
            | gssapi.RequirementFlag.integrity
            | gssapi.RequirementFlag.out_of_sequence_detection
            | gssapi.RequirementFlag.replay_detection
        )
        name = gssapi.Name(user, gssapi.NameType.user)
        creds = gssapi.Credentials(usage="initiate", name=name, mechs=[NTLM] if kind == "ntlm" else [SPNEGO])
        if kind != "ntlm":
            gssapi.raw.set_neg_mechs(creds, [NTLM])
        target = gssapi.Name("HTTP@server", gssapi.NameType.hostbased_service)
        context = gssapi.SecurityContext(
            usage="initiate", creds=creds, name=target, mech=mech, flags=flags, channel_bindings=bindings
        )
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = serve(context, asked)
        except Exception as error:  # the other side decides what it means
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


def serve(context, asked):
    encode = lambda data: base64.b64encode(data).decode()
    if "step" in asked:
        token = context.step(base64.b64decode(asked["step"]) if asked["step"] else None)
        return {"token": encode(token) if token else None, "done": bool(context.complete)}
    if "wrap" in asked:
        return {"sealed": encode(context.wrap(base64.b64decode(asked["wrap"]), True).message)}
    return {"plain": encode(context.unwrap(base64.b64decode(asked["unwrap"])).message)}


main(*sys.argv[1:])
