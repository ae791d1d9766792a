"""jupyter.py GD — `gd kernel` as Jupyter's own client sees it: cells, errors with their places, completion,
inspection, history, interrupts (message and signal), questions, pictures, progress, broken messages, shutdown; then a
notebook run end to end by nbconvert.  Left out where the client (Debian: python3-jupyter-client) is not installed."""
import json
import os
import re
import signal
import subprocess
import sys
import tempfile

try:
    import jupyter_client
    from jupyter_client.session import Session
    import zmq
except ImportError:
    print("jupyter: python3-jupyter-client is not installed: left out")
    sys.exit(0)

GD = os.path.realpath(sys.argv[1])
PATIENCE = 100  # seconds: only what never comes takes so long
failed = 0


def check(fine, what, *seen):
    global failed
    if not fine:
        failed += 1
        print("FAIL jupyter:", what, *[str(s)[:600] for s in seen])


def run(client, code, answer=None, **options):
    """The reply of a cell, and what everybody heard of it: [(type, content)]."""
    ident = client.execute(code, allow_stdin=answer is not None, **options)
    if answer is not None:
        question = client.get_stdin_msg(timeout=PATIENCE)
        check(question["msg_type"] == "input_request", "a question", question)
        client.input(answer)
    return finish(client, ident)


def finish(client, ident):
    reply = client.get_shell_msg(timeout=PATIENCE)
    while reply["parent_header"].get("msg_id") != ident:
        reply = client.get_shell_msg(timeout=PATIENCE)
    heard = []
    while True:
        message = client.get_iopub_msg(timeout=PATIENCE)
        if message["parent_header"].get("msg_id") != ident:
            continue
        heard.append((message["msg_type"], message["content"]))
        if heard[-1] == ("status", {"execution_state": "idle"}):
            return reply["content"], heard


def stream(heard, name):
    return "".join(c["text"] for t, c in heard if t == "stream" and c["name"] == name)


def result(heard):
    return [c["data"]["text/plain"] for t, c in heard if t == "execute_result"]


def cells(client):
    reply, heard = run(client, "let a = 6\nprint(\"six\")\na * 7")
    check(reply["status"] == "ok" and reply["execution_count"] == 1, "a cell", reply)
    check(result(heard) == ["42"] and stream(heard, "stdout") == "six\n", "its output", heard)
    check(heard[1][0] == "execute_input" and heard[1][1]["execution_count"] == 1, "its input", heard)
    reply, heard = run(client, "let b = a + 1\n\nlet c = a + nothing_such\nprint(\"never\")")
    check(reply["status"] == "error" and "nothing_such" in reply["evalue"], "an error", reply)
    check(re.search(r"cell 2:3:\d+", "".join(reply["traceback"])), "its place", reply)
    check("never" not in stream(heard, "stdout") and any(t == "error" for t, _ in heard), "it ends the cell", heard)
    check(result(run(client, "b")[1]) == ["7"], "what ran before it stays")
    check(run(client, "c")[0]["status"] == "error", "what failed does not")
    check("ä€😀" in stream(run(client, "for i in 0..20000 { print(\"ä€😀 {i}\") }")[1], "stdout"), "much output")
    whole = stream(run(client, "for i in 0..5000 { print(\"ä€😀\") }")[1], "stdout")
    check(set(whole.split("\n")) == {"ä€😀", ""}, "no letter is cut")
    check(run(client, "a * 2", silent=True)[1][1][0] == "status", "a silent cell shows nothing")
    expressions = run(client, "1", user_expressions={"x": "a + 1", "y": "no_name"})[0]["user_expressions"]
    check(expressions["x"]["data"]["text/plain"] == "7" and expressions["y"]["status"] == "error", "expressions",
          expressions)
    check("Adam(" in stream(run(client, "?Adam")[1], "stdout"), "a question for a page")
    check(result(run(client, "read_line()", answer="ja")[1]) in (["ja"], ['"ja"']), "a question to the user")
    check(result(run(client, "read_line()")[1]) == [], "no user, no answer")


def asked(client, ident):
    return client.get_shell_msg(timeout=PATIENCE)["content"]


def questions(client):
    reply = asked(client, client.complete("let ä = 1; cross_entr", 21))
    check("cross_entropy" in reply["matches"], "completion", reply)
    check((reply["cursor_start"], reply["cursor_end"]) == (11, 21), "its range in letters", reply)
    reply = asked(client, client.inspect("relu(1)", 2))
    check(reply["found"] and "relu" in reply["data"]["text/plain"], "inspection", reply)
    reply = asked(client, client.inspect("a + 1", 1))
    check(reply["found"] and "6" in reply["data"]["text/plain"], "inspection of a variable", reply)
    for code, status in [("1 + 2", "complete"), ("fn f(x) {", "incomplete"), ("let = )", "invalid")]:
        reply = asked(client, client.is_complete(code))
        check(reply["status"] == status, "is it whole: " + code, reply)
    reply = asked(client, client.history(hist_access_type="tail", n=2))
    check(len(reply["history"]) == 2, "history", reply)
    reply = asked(client, client.history(hist_access_type="search", pattern="let a*"))
    check([h[2][:9] for h in reply["history"]] == ["let a = 6"], "search in it", reply)
    reply = asked(client, client.kernel_info())
    check(reply["protocol_version"] == "5.3" and reply["language_info"]["name"] == "gd", "kernel_info", reply)


TRAIN = """let w = param(zeros(1))
let h = train w on (x, y) in dataset(randn(400, 1), randn(400, 1)) {
  loss: mean((x * w - y)^2)
  optimizer: SGD(lr: 0.01)
  batch: 10
  epochs: %s
}
h"""


def training(client, manager):
    reply, heard = run(client, TRAIN % "60")
    check(reply["status"] == "ok", "a training", reply)
    lines = [(t, c) for t, c in heard if "display_data" in t]
    names = {c["transient"]["display_id"] for _, c in lines}
    check(lines[0][0] == "display_data" and len(names) == 1, "progress in place", lines)
    check("epoch 60/60" in lines[-1][1]["data"]["text/plain"], "its last line", lines[-1])
    for way in ("message", "signal"):
        for code in (TRAIN % "1000000000", "while true { }"):
            ident = client.execute("print(\"begun\")\n" + code)
            while True:
                message = client.get_iopub_msg(timeout=PATIENCE)
                if message["msg_type"] == "stream":
                    break
            if way == "message":
                client.control_channel.send(client.session.msg("interrupt_request", {}))
                client.get_control_msg(timeout=PATIENCE)
            else:
                os.kill(manager.provisioner.process.pid, signal.SIGINT)
            reply, _ = finish(client, ident)
            check(reply["status"] == "error" and reply["ename"] == "Interrupted", "interrupted by a " + way, reply)
            check(result(run(client, "a")[1]) == ["6"], "nothing is lost")
    for _ in range(30):  # as soon as the cell is told to be busy
        ident = client.execute("while true { }")
        while client.get_iopub_msg(timeout=PATIENCE)["content"].get("execution_state") != "busy":
            pass
        os.kill(manager.provisioner.process.pid, signal.SIGINT)
        check(finish(client, ident)[0]["status"] == "error", "interrupted before its first statement")
    client.control_channel.send(client.session.msg("interrupt_request", {}))
    client.get_control_msg(timeout=PATIENCE)
    check(result(run(client, "a")[1]) == ["6"], "an interrupt without a cell")


def pictures(client):
    _, heard = run(client, "print(\"before\")\nplot([1, 2, 3], [1, 4, 9])\nprint(\"after\")")
    kinds = [t for t, _ in heard if t in ("stream", "display_data")]
    data = [c["data"] for t, c in heard if t == "display_data"]
    check(kinds == ["stream", "display_data", "stream"], "a picture among the text", kinds)
    check(data and data[0]["image/svg+xml"].startswith("<svg") and data[0]["text/plain"], "a picture", data)


def broken(client):
    """Messages that are none; the one after them is answered."""
    socket, session = client.shell_channel.socket, client.session
    other = Session(key=b"another key")
    good = session.serialize(session.msg("execute_request", {"code": "1"}))
    for parts in ([b""], [b"<IDS|MSG>"], [b"<IDS|MSG>", b"x", b"{}"], other.serialize(other.msg("kernel_info_request")),
                  good[:2] + [b"{"] + good[3:], [b"\xff" * 100] * 60, good[:-1] + [b"[]"]):
        socket.send_multipart(parts)
    for content in (b"{\"code\": \"\xff\xfe\"}", b"[]", b"{", b"{\"code\": 3}", b"{}",
                    b"{\"code\":" + b"[" * 100000, b"{\"code\": \"1\", \"user_expressions\": 7}"):
        message = session.msg("execute_request", {})
        parts = [session.pack(message["header"]), b"{}", b"{}", content]
        socket.send_multipart([b"<IDS|MSG>", session.sign(parts)] + parts)
        reply = client.get_shell_msg(timeout=PATIENCE)["content"]
        check(reply["status"] == ("ok" if b"user_ex" in content else "error"), "content %r" % content[:30], reply)
    socket.send_multipart(session.serialize(session.msg("unheard_request", {})))
    check(result(run(client, "a")[1]) == ["6"], "the cell after broken messages")
    text = "# " + "x" * (10 << 20) + "\na + 1"
    check(result(run(client, text)[1]) == ["7"], "10 MB pasted")
    reply, _ = run(client, "let s = \"a\\u0000\x00b\"")
    check(reply["status"] == "error", "a NUL in a cell", reply)
    first = client.execute("read_line()\nlet t = sum([sin(i) for i in 0..300000])\nnothing_such", allow_stdin=True)
    client.get_stdin_msg(timeout=PATIENCE)
    second = client.execute("a")
    client.input("go on")
    replies = {}
    while len(replies) < 2:
        message = client.get_shell_msg(timeout=PATIENCE)
        replies[message["parent_header"]["msg_id"]] = message["content"]["status"]
    check((replies[first], replies[second]) == ("error", "aborted"), "cells behind one that failed", replies)


NOTEBOOK = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": {"name": "gd", "display_name": "gd"}},
            "cells": [{"cell_type": "code", "id": str(i), "metadata": {}, "outputs": [], "execution_count": None,
                       "source": source} for i, source in enumerate([
                           "let x = linspace(-2, 2, 50)\nmean(x^2)", "plot(x, x^2, title: \"square\")", TRAIN % "30"])]}


def notebook(folder):
    try:
        import nbconvert  # noqa: F401
    except ImportError:
        print("jupyter: nbconvert is not installed: the notebook is left out")
        return
    with open("in.ipynb", "w") as file:
        json.dump(NOTEBOOK, file)
    done = subprocess.run([sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--output", "out.ipynb",
                           "in.ipynb"], capture_output=True, text=True, timeout=600)
    check(done.returncode == 0, "nbconvert --execute", done.stderr[-600:])
    if done.returncode:
        return
    with open("out.ipynb") as file:
        outputs = [cell["outputs"] for cell in json.load(file)["cells"]]
    check(outputs[0][-1]["data"]["text/plain"], "the notebook's value", outputs[0])
    check("image/svg+xml" in outputs[1][-1]["data"], "the notebook's picture", outputs[1])
    check("epoch 30/30" in str(outputs[2][0]["data"]["text/plain"]), "the notebook's last line of progress", outputs[2])


def refuse(status, *words):
    done = subprocess.run([GD, "kernel", *words], capture_output=True, text=True, timeout=PATIENCE)
    check(done.returncode == status, "gd kernel " + " ".join(words), done.returncode, done.stderr)


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.environ.update(JUPYTER_DATA_DIR=folder, JUPYTER_RUNTIME_DIR=folder, JUPYTER_CONFIG_DIR=folder,
                          IPYTHONDIR=folder, HOME=folder)
        done = subprocess.run([GD, "kernel", "--install"], capture_output=True, text=True)
        check(done.returncode == 0 and "kernel.json" in done.stdout, "--install", done)
        for name, text in [("a.json", "{"), ("b.json", "[]"), ("c.json", "{\"ip\": \"127.0.0.1\"}")]:
            with open(name, "w") as file:
                file.write(text)
            refuse(65, name)
        refuse(66, "missing.json")
        refuse(2)
        refuse(2, "a.json", "b.json")
        manager, client = jupyter_client.manager.start_new_kernel(kernel_name="gd", startup_timeout=PATIENCE)
        try:
            cells(client)
            questions(client)
            training(client, manager)
            pictures(client)
            broken(client)
            check(client.hb_channel.is_beating() and manager.is_alive(), "its heart")
            process = manager.provisioner.process
            client.execute("while true { }")
            client.shutdown()
            check(process.wait(timeout=PATIENCE) == 0, "shutdown while a cell runs", process.returncode)
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
        notebook(folder)
    print("jupyter: %s" % ("FAILED: %d" % failed if failed else "all is well"))
    sys.exit(failed > 0)


main()
