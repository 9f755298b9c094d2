"""Runs command lines in forked processes, so that a test can start and kill many quickly.

Reads a JSON list of arguments a line, answers with the process id, and when the process has ended
with its exit status (negative: the signal that ended it).
"""

import json
import os
import signal
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import torch

from neurolab import cli, experiments
from neurolab.experiments import hebb_growth, runner  # noqa: F401

torch.set_num_threads(1)
experiments.EXPERIMENTS["walk"] = "walk"
experiments.load("walk")
lock = threading.Lock()


def say(*what):
    with lock:
        print(*what, flush=True)


def wait(process):
    say("ended", process, os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))


say("ready")
for line in sys.stdin:
    arguments = json.loads(line)
    process = os.fork()
    if process == 0:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.dup2(os.open(arguments[0], os.O_WRONLY | os.O_CREAT | os.O_APPEND), 2)
        os.dup2(2, 1)
        os._exit(cli.main(arguments[1:]))
    say("started", process)
    threading.Thread(target=wait, args=(process,)).start()
