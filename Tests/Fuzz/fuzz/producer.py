"""A producer through librdkafka itself, which every service needs anyway: any bytes as key, value, headers and time."""

from __future__ import annotations

import ctypes
import ctypes.util

TOPIC, PARTITION, VALUE, KEY, MSGFLAGS, TIMESTAMP, HEADER = 1, 3, 4, 5, 7, 8, 9
COPY = 0x2
QUEUE_FULL = -184


class _Memory(ctypes.Structure):
    _fields_ = [("ptr", ctypes.c_char_p), ("size", ctypes.c_size_t)]


class _Header(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("val", ctypes.c_char_p), ("size", ctypes.c_ssize_t)]


class _Union(ctypes.Union):
    _fields_ = [
        ("cstr", ctypes.c_char_p), ("i32", ctypes.c_int32), ("i64", ctypes.c_int64), ("i", ctypes.c_int),
        ("mem", _Memory), ("header", _Header), ("pad", ctypes.c_char * 64),
    ]  # fmt: skip


class _Argument(ctypes.Structure):
    _fields_ = [("vtype", ctypes.c_int), ("u", _Union)]


def _library() -> ctypes.CDLL:
    library = ctypes.CDLL(ctypes.util.find_library("rdkafka") or "librdkafka.so.1")
    library.rd_kafka_conf_new.restype = ctypes.c_void_p
    library.rd_kafka_conf_set.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t]
    library.rd_kafka_new.restype = ctypes.c_void_p
    library.rd_kafka_new.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]
    library.rd_kafka_produceva.restype = ctypes.c_void_p
    library.rd_kafka_produceva.argtypes = [ctypes.c_void_p, ctypes.POINTER(_Argument), ctypes.c_size_t]
    library.rd_kafka_error_code.argtypes = [ctypes.c_void_p]
    library.rd_kafka_error_string.argtypes = [ctypes.c_void_p]
    library.rd_kafka_error_string.restype = ctypes.c_char_p
    library.rd_kafka_error_destroy.argtypes = [ctypes.c_void_p]
    library.rd_kafka_poll.argtypes = [ctypes.c_void_p, ctypes.c_int]
    library.rd_kafka_flush.argtypes = [ctypes.c_void_p, ctypes.c_int]
    library.rd_kafka_outq_len.argtypes = [ctypes.c_void_p]
    library.rd_kafka_destroy.argtypes = [ctypes.c_void_p]
    return library


class Producer:
    """Sends records; :meth:`flush` returns when the broker has all of them."""

    def __init__(self, bootstrap: str):
        self._library = _library()
        configuration = self._library.rd_kafka_conf_new()
        reason = ctypes.create_string_buffer(512)
        for key, value in {
            "bootstrap.servers": bootstrap, "acks": "all", "enable.idempotence": "true", "linger.ms": "5",
            "partitioner": "murmur2_random", "message.max.bytes": "4000000", "compression.type": "lz4",
            "queue.buffering.max.messages": "20000", "log_level": "3",
        }.items():  # fmt: skip
            if self._library.rd_kafka_conf_set(configuration, key.encode(), value.encode(), reason, 512) != 0:
                raise ValueError(reason.value.decode())
        self._handle = self._library.rd_kafka_new(0, configuration, reason, 512)
        if not self._handle:
            raise ValueError(reason.value.decode())

    def send(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: list[tuple[bytes, bytes | None]] = (),
        timestamp: int | None = None,
    ) -> None:
        """Hands a record over; waits while the queue is full."""
        arguments = (_Argument * (5 + len(headers)))()
        arguments[0].vtype, arguments[0].u.cstr = TOPIC, topic.encode()
        arguments[1].vtype, arguments[1].u.i = MSGFLAGS, COPY
        count = 2
        for vtype, data in ((KEY, key), (VALUE, value)):
            if data is not None:
                arguments[count].vtype, arguments[count].u.mem = vtype, _Memory(data, len(data))
                count += 1
        if timestamp is not None:
            arguments[count].vtype, arguments[count].u.i64 = TIMESTAMP, timestamp
            count += 1
        for name, data in headers:
            arguments[count].vtype = HEADER
            arguments[count].u.header = _Header(name, data, -1 if data is None else len(data))
            count += 1
        while True:
            error = self._library.rd_kafka_produceva(self._handle, arguments, count)
            if not error:
                return
            code = self._library.rd_kafka_error_code(error)
            text = self._library.rd_kafka_error_string(error).decode()
            self._library.rd_kafka_error_destroy(error)
            if code != QUEUE_FULL:
                raise ValueError(f"{topic}: {text}")
            self._library.rd_kafka_poll(self._handle, 50)

    def flush(self, seconds: float = 60) -> None:
        self._library.rd_kafka_flush(self._handle, int(seconds * 1000))
        left = self._library.rd_kafka_outq_len(self._handle)
        if left:
            raise AssertionError(f"the broker has not taken {left} records within {seconds:.0f} s")
