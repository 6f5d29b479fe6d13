"""Work that needs nothing but a core: the same number of bytes hashed by one
thread, or shared among several. What two threads gain here is what this machine
gives at this moment. `hashlib` works outside of Python's lock.
"""

import hashlib
import sys
from threading import Thread

BLOCK = bytes(256 * 1024)
BLOCKS = 12_000


def work(count):
    state = hashlib.sha256()
    for _ in range(count):
        state.update(BLOCK)


threads = [Thread(target=work, args=(BLOCKS // int(sys.argv[1]),)) for _ in range(int(sys.argv[1]))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
