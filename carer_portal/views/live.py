"""A small invisible part of the page that waits for changes and then has the page drawn anew."""

from datetime import datetime
from typing import Final

import streamlit as st

from carer_portal.changes import PATH
from hub.store.schema import to_us

_JS: Final = """
export default function ({ data, parentElement, setTriggerValue }) {
  parentElement.alongsideStop?.abort()
  const stop = new AbortController()
  parentElement.alongsideStop = stop
  const pause = (ms) => new Promise((resume) => setTimeout(resume, ms))
  const visible = () => new Promise((resume) => {
    if (!document.hidden) return resume()
    document.addEventListener("visibilitychange", resume, { once: true, signal: stop.signal })
  })
  async function watch() {
    while (!stop.signal.aborted) {
      await visible()
      try {
        const answer = await fetch(`${data.path}?seen=${data.seen}&until=${data.until}`,
                                   { signal: stop.signal, cache: "no-store" })
        if (answer.ok && (await answer.json()).moved) {
          setTriggerValue("moved", data.seen)
          return
        }
        if (!answer.ok) await pause(5000)
      } catch (error) {
        await pause(3000)
      }
    }
  }
  watch()
  return () => stop.abort()
}
"""


_live = st.components.v2.component("alongside.live", js=_JS)


def watch(seen: int, until: datetime) -> None:
    """Have the page drawn anew when the database's version is no longer `seen`, or at `until` at the latest."""
    _live(key="live", data={"path": PATH, "seen": seen, "until": to_us(until)}, on_moved_change=_nothing)


def _nothing() -> None:
    """Streamlit draws the page anew by itself; it only wants to be told that somebody listens."""
