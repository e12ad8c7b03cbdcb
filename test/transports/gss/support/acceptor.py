"""Foreign acceptor: MIT's GSSAPI through python3-gssapi. A line of JSON in, a line of JSON out; bytes are base64.

{"op": "accept", "token", "binding"?} -> {"token"?, "done", "client"?}; {"op": "unwrap", "header", "data"} -> {"plain"};
{"op": "wrap", "plain"} -> {"header", "data"}; {"op": "mic", "message"} -> {"mic"}. Errors: {"error", "token"?}.
"""
import base64
import json
import sys

import gssapi
from gssapi.raw import ChannelBindings, IOV, IOVBufferType, wrap_iov, unwrap_iov

context = None
store = {"keytab": sys.argv[1]}


def decode(text):
    return base64.b64decode(text)


def encode(value):
    return None if value is None else base64.b64encode(bytes(value)).decode()


def accept(request):
    global context
    if context is None:
        binding = request.get("binding")
        bindings = None if binding is None else ChannelBindings(application_data=decode(binding))
        credentials = gssapi.Credentials(usage="accept", store=store)
        context = gssapi.SecurityContext(creds=credentials, usage="accept", channel_bindings=bindings)
    token = context.step(decode(request["token"]))
    done = context.complete
    client = str(context.initiator_name) if done else None
    # GSS_C_CHANNEL_BOUND_FLAG
    return {"token": encode(token), "done": done, "client": client, "bound": bool(int(context.actual_flags) & 0x800)}


def unwrap(request):
    header, data = decode(request["header"]), decode(request["data"])
    message = IOV((IOVBufferType.header, False, header), data, (IOVBufferType.data, False, b""), std_layout=False)
    sealed = unwrap_iov(context, message).encrypted
    return {"plain": encode(message[1].value), "sealed": sealed}


def wrap(request):
    message = IOV(IOVBufferType.header, decode(request["plain"]), IOVBufferType.padding, std_layout=False)
    wrap_iov(context, message, True, None)
    return {"header": encode(message[0].value), "data": encode(message[1].value + (message[2].value or b""))}


def mic(request):
    return {"mic": encode(context.get_signature(decode(request["message"])))}


OPS = {"accept": accept, "unwrap": unwrap, "wrap": wrap, "mic": mic}
for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = OPS[request["op"]](request)
    except gssapi.exceptions.GSSError as error:
        answer = {"error": str(error), "token": encode(getattr(error, "token", None))}
    print(json.dumps(answer), flush=True)
