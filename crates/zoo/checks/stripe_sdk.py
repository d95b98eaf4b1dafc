"""Holds the zoo against Stripe's own Python client, so that its shape is not only our opinion.

Run by hand, with `pip install stripe` and the path of the zoo's binary:

    python3 crates/zoo/checks/stripe_sdk.py target/debug/backhaul-zoo
"""

import http.server
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import urllib.request

import stripe

received = []


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        received.append((body, self.headers["Stripe-Signature"]))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def refused(kind, act):
    try:
        act()
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was expected")


def check(base, webhooks):
    def control(path, body):
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(f"{base}/control/{path}", json.dumps(body).encode(), headers)
        return json.load(urllib.request.urlopen(request))

    def tell(path):
        return json.load(urllib.request.urlopen(f"{base}/control/{path}"))

    def strike(**fault):
        control("stripe_v1/faults", {"fault": fault, "next": 1})

    def refund(**arguments):
        metadata = {"reference": "intent-1"}
        return stripe.Refund.create(payment_intent="pi_1", metadata=metadata, **arguments)

    stripe.api_key = "sk_test_zoo"
    stripe.api_base = f"{base}/stripe_v1"
    stripe.max_network_retries = 0
    secret = control("stripe_v1/webhooks", {"url": webhooks})["secret"]
    payment = {"payment": "pi_1", "charge": "ch_1", "captured_minor": 1000, "currency": "EUR"}
    control("stripe_v1/payments", payment)

    first = refund(amount=300, idempotency_key="a")
    assert (first.status, first.amount, first.charge) == ("succeeded", 300, "ch_1")
    assert refund(amount=300, idempotency_key="a").id == first.id
    refused(stripe.IdempotencyError, lambda: refund(amount=400, idempotency_key="a"))
    refused(stripe.InvalidRequestError, lambda: refund(amount=900, idempotency_key="b"))
    listed = stripe.Refund.list(payment_intent="pi_1").auto_paging_iter()
    assert [each.id for each in listed] == [first.id]
    assert stripe.Refund.retrieve(first.id).metadata["reference"] == "intent-1"

    strike(kind="error", place="after_effect", status=500)
    for _ in range(2):
        assert refused(stripe.APIError, lambda: refund(amount=100, idempotency_key="c")).http_status == 500
    strike(kind="drop", place="after_effect")
    refused(stripe.APIConnectionError, lambda: refund(amount=100, idempotency_key="d"))
    # The client repeats a lost request by itself, under one key.
    stripe.max_network_retries = 2
    strike(kind="drop", place="after_effect")
    refund(amount=100)
    totals = tell("stripe_v1/payments/pi_1")["totals"]
    assert (totals["refunds"], totals["live_minor"]) == (4, 600), totals

    tell("quiet")
    events = [stripe.Webhook.construct_event(body, signature, secret) for body, signature in received]
    assert [event.type for event in events] == ["refund.created"] * 4
    body, signature = received[0]
    wrong = stripe.SignatureVerificationError
    refused(wrong, lambda: stripe.Webhook.construct_event(body, signature, "whsec_wrong"))


def main():
    receiver = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        ledger = pathlib.Path(folder) / "ledger.jsonl"
        arguments = [sys.argv[1], "--ledger", str(ledger)]
        zoo = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        try:
            listening = json.loads(zoo.stdout.readline())["listening"]
            check(f"http://{listening}", f"http://127.0.0.1:{receiver.server_port}/hooks")
        finally:
            zoo.kill()
            zoo.wait()
    print(f"the zoo is Stripe enough for stripe {stripe.VERSION}")


main()
