"""The counter of ``neurolab.core.live_bytes``, under the name by which tests know it."""

from neurolab.core.live_bytes import LiveBytes as LiveBytes
