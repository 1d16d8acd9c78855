"""What is transferred, the same in each run, and a row about it for transfers.txt."""
import hashlib
import os

WORDS = "packets of the same length are rare; most carry little, few much, and naïve ones — “größer” — none".split()


def noise(seed, length):
    """Bytes that no program compresses: the top bytes of a linear congruential generator."""
    out = bytearray()
    for _ in range(length):
        seed = (seed * 6364136223846793005 + 1442695040888963407) % 2**64
        out.append(seed >> 56)
    return bytes(out)


def prose(seed, length):
    """Lines of words in UTF-8, of this many bytes."""
    out, line = bytearray(), 0
    for pick in noise(seed, length):
        if line % 10 == 0:
            out += b"%d: " % (line // 10 + 1)
        line += 1
        out += WORDS[pick % len(WORDS)].encode() + (b"\r\n" if line % 10 == 0 else b" ")
        if len(out) >= length:
            break
    # A character that would be cut is left out.
    return bytes(out[:length]).decode(errors="ignore").encode().ljust(length, b".")


def record(conversation, side, item, data, what):
    """Adds a row to the file that make.sh names."""
    with open(os.environ["TRANSFERS"], "a") as rows:
        digest = hashlib.sha256(data).hexdigest()
        print(conversation, side, item, len(data), digest, what, file=rows)
