"""A worker for a queue of troupe: TROUPE_URL=... TROUPE_QUEUE=email python3 worker.py

It leases one job at a time and sends heartbeats while it works. On SIGTERM it
hands back what it has in hand; a job it has lost it lets go of.
"""
import json, os, signal, sys, threading, time, urllib.error, urllib.request

AT = f"{os.environ.get('TROUPE_URL', 'http://127.0.0.1:8080')}/api/queues/{os.environ.get('TROUPE_QUEUE', 'email')}"
HEADERS = {"Content-Type": "application/json"}
if key := os.environ.get("TROUPE_KEY"):
    HEADERS["Authorization"] = f"Bearer {key}"


def work(job, lost):
    """What this worker is for. `lost.is_set()`: nobody wants the result."""
    lost.wait(((job["data"] or {}).get("ms") or 0) / 1000)
    return {"done": job["data"]}


def post(path, body):
    request = urllib.request.Request(AT + path, json.dumps(body).encode(), HEADERS)
    with urllib.request.urlopen(request, timeout=90) as answer:
        return json.load(answer)


def beat(say, pause_s, lost):
    while not lost.wait(pause_s):
        try:
            say("heartbeat")
        except urllib.error.HTTPError as refused:
            if refused.code == 409:
                lost.set()
        except OSError:
            pass  # the next one may arrive


def carry_out(job):
    say = lambda word, **more: post(f"/jobs/{job['id']}/{word}", {"token": job["token"], **more})
    lost = threading.Event()
    say("heartbeat")
    threading.Thread(target=beat, args=(say, job["lease_ms"] / 3000, lost), daemon=True).start()
    try:
        say("complete", result=work(job, lost))
    except SystemExit:
        say("release")
        raise
    except urllib.error.HTTPError as refused:
        print(f"lost job {job['id']}: {refused}", flush=True)
    except Exception as error:
        say("fail", error=str(error))
    finally:
        lost.set()


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
while True:
    try:
        for job in post("/lease", {"wait_ms": 30_000, "worker": f"python-{os.getpid()}"})["jobs"]:
            carry_out(job)
    except OSError as error:
        print(error, file=sys.stderr, flush=True)
        time.sleep(1)
