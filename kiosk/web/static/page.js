// The counter's page around textual-serve's page script: the terminal's font and size, the text for screen readers,
// and what to say when the counter is gone. Everything else of the page is the counter itself.
"use strict";
(() => {
  const FONTS = [
    "BIZ UDGothic", "BIZ UDゴシック", "MS Gothic", "ＭＳ ゴシック", "Osaka-Mono", "Noto Sans Mono CJK JP", "IPAGothic",
    "IPAゴシック", "TakaoGothic", "VL Gothic",
  ]; // on this computer only; in each of them a kanji is exactly as wide as two letters
  const LEAST = { cols: 80, rows: 24 };
  const SMALLEST = 8, LARGEST = 48, STEP = 2; // even: half of it is a letter's width, in whole pixels
  const LONGEST_PASTE = 100_000; // letters; a longer one would close the connection, and so the visit
  const TOOLS = { KeyS: "smaller", KeyL: "larger", KeyR: "spoken" }; // with Alt and Shift, which the counter never uses
  const BUSY = 4004, TAKEN_OVER = 4003;
  const ALONE = 1001; // the server has gone: nothing on this page can start it
  const find = (id) => document.getElementById(id);
  const nonce = document.currentScript.dataset.nonce;

  // What only this tab of this page remembers, also after a reload: pages of other ports of this computer do not see it.
  function remembered(name, otherwise) {
    try {
      const found = otherwise ?? sessionStorage.getItem(name) ?? "";
      sessionStorage.setItem(name, found);
      return found;
    } catch { return otherwise ?? ""; }
  }
  // The token opened the door; it stays neither in the address bar nor in the history, and nothing else is read there.
  const token = remembered("madoguchi.token", new URLSearchParams(location.search).get("token"));
  const tab = remembered("madoguchi.tab", remembered("madoguchi.tab", null) || crypto.randomUUID());
  const SOCKET = `ws://${location.host}/ws/${token || "none"}/${tab}`;
  history.replaceState(null, "", location.pathname);
  // No key and no click on the counter opens another page.
  window.open = () => null;
  // The terminal emulator writes its measures into style elements; the page's policy knows them by this number.
  const create = document.createElement.bind(document);
  document.createElement = (name, options) => {
    const made = create(name, options);
    if (String(name).toLowerCase() === "style") made.nonce = nonce;
    return made;
  };

  // It writes colours as style attributes, which the policy forbids as text and allows as what they mean.
  const put = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function (name, value) {
    if (name === "style") this.style.cssText = value;
    else put.call(this, name, value);
  };

  const kept = (name, otherwise) => {
    try { return localStorage.getItem(name) ?? otherwise; } catch { return otherwise; }
  };
  const keep = (name, value) => {
    try { localStorage.setItem(name, value); } catch { /* a browser that keeps nothing */ }
  };

  // A browser writes to the clipboard only while this page has the focus: what could not be taken back is told, and
  // taken back at the next sign of life of this page.
  // That something was copied, and never what, also outlives a reload and the counter's end: then it is cleared too.
  let toClear = remembered("madoguchi.copied", null) === "yes";
  const report = (said) => {
    if (page?.socket?.readyState === WebSocket.OPEN) page.socket.send(JSON.stringify(["clipboard", said]));
  };
  const clipboard = navigator.clipboard;
  const write = clipboard?.writeText.bind(clipboard);
  const tell = (id, on) => { find(id).hidden = !on; };
  async function writeText(text) {
    const clearing = text.trim() === "";
    try {
      await write(text);
      toClear = false;
      remembered("madoguchi.copied", clearing ? "" : "yes");
      tell("not-cleared", false);
      tell("not-copied", false);
      report(clearing ? "cleared" : "copied");
    } catch {
      if (clearing) toClear = true;
      tell(clearing ? "not-cleared" : "not-copied", true);
      report(clearing ? "not_cleared" : "not_copied");
    }
  }
  const clearNow = () => {
    if (!toClear) return;
    toClear = false; // once; where it is refused it is to be done again
    void writeText(" ");
  };
  if (clipboard) {
    clipboard.writeText = writeText;
    for (const sign of ["focus", "pointerdown", "keydown"]) window.addEventListener(sign, clearNow, true);
  }

  let page = null; // the library's: its terminal, its connection
  let wanted = 18; // pixels

  const bounded = (size) => Math.min(LARGEST, Math.max(SMALLEST, size - (size % STEP)));

  // As large as was asked for, and so small that every screen of the counter fits.
  function fit() {
    const terminal = page.terminal;
    for (let size = wanted; size >= SMALLEST; size -= STEP) {
      if (terminal.options.fontSize !== size) terminal.options.fontSize = size;
      const found = page.fitAddon.proposeDimensions();
      if (!found || (found.cols >= LEAST.cols && found.rows >= LEAST.rows)) break;
    }
    page.fitAddon.fit();
  }

  function resize(step) {
    wanted = bounded(Math.floor(page.terminal.options.fontSize) + step);
    keep("madoguchi.size", String(wanted));
    fit();
    page.terminal.focus();
  }

  function speak(on) {
    page.terminal.options.screenReaderMode = on;
    find("spoken").setAttribute("aria-pressed", String(on));
  }

  // Said before the terminal hears of it; the next key takes the sentence away.
  function paste(event) {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    find("too-long").hidden = text.length <= LONGEST_PASTE;
    if (text.length > LONGEST_PASTE) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }

  // Tab belongs to the counter, so that the tools need keys of their own. Whether the terminal may have this one.
  function ours(event) {
    const tool = event.altKey && event.shiftKey && !event.ctrlKey && !event.metaKey && TOOLS[event.code];
    if (tool) {
      event.preventDefault();
      if (event.type === "keydown") find(tool).click();
    }
    return !tool && event.key !== "F11"; // the whole screen is the browser's key
  }

  function ended(code) {
    toClear ||= remembered("madoguchi.copied", null) === "yes"; // nobody else will
    clearNow();
    find("waiting").hidden = true;
    const sentences = [...document.querySelectorAll("[data-end]")];
    const known = sentences.some((one) => one.dataset.end === String(code)) ? String(code) : "other";
    for (const one of sentences) one.hidden = one.dataset.end !== known;
    const elsewhere = code === BUSY || code === TAKEN_OVER;
    find("over-take").hidden = !elsewhere;
    find("again").hidden = elsewhere || code === ALONE;
    document.body.dataset.ended = String(code);
    find("over").showModal();
    page.terminal.reset(); // what a patient saw does not stay behind the sentence
  }

  function watch(socket) {
    socket.addEventListener("open", () => { page.terminal.focus(); });
    socket.addEventListener("message", (message) => {
      find("waiting").hidden = true;
      if (typeof message.data !== "string") return;
      const [kind, value] = JSON.parse(message.data);
      if (kind === "said") {
        find("said").textContent = value;
        find("said").hidden = false;
      }
    });
    socket.addEventListener("close", (event) => {
      if (page.socket !== socket) return;
      page.socket = null; // what the terminal still has to say, it says to nobody
      ended(event.code);
    });
  }

  function start(address) {
    delete document.body.dataset.ended;
    document.body.classList.remove("-closed", "-first-byte");
    find("over").close();
    find("said").hidden = true;
    find("waiting").hidden = false;
    page.terminal.reset();
    page.websocket_url = address;
    page.connect();
  }

  window.counterPage = {
    opening(library) {
      page = library;
      page.websocket_url = SOCKET;
      // Drawn as text by the browser: on the emulator's canvas the lower edge of Japanese letters is cut off.
      page.webglAddon.dispose();
      page.canvasAddon.dispose();
      const terminal = page.terminal;
      wanted = bounded(Number(kept("madoguchi.size", "18")) || 18);
      terminal.options.fontFamily = [...FONTS.map((name) => `"${name}"`), "monospace"].join(", ");
      terminal.options.fontSize = wanted;
      terminal.constructor.strings.promptLabel = page.element.dataset.label;
      terminal.constructor.strings.tooMuchOutput = page.element.dataset.tooMuch;
      terminal.attachCustomKeyEventHandler(ours);
      page.fit = fit;
      const connect = page.connect.bind(page);
      page.connect = async () => {
        const connecting = connect();
        watch(page.socket);
        await connecting;
      };
      speak(kept("madoguchi.spoken", page.element.dataset.plain) === "yes");
      page.element.addEventListener("paste", paste, true);
      page.element.addEventListener("keydown", () => { find("too-long").hidden = true; }, true);
      find("smaller").addEventListener("click", () => { resize(-STEP); });
      find("larger").addEventListener("click", () => { resize(STEP); });
      find("spoken").addEventListener("click", () => {
        const on = !terminal.options.screenReaderMode;
        speak(on);
        keep("madoguchi.spoken", on ? "yes" : "no");
        terminal.focus();
      });
      find("again").addEventListener("click", () => { start(SOCKET); });
      find("over-take").addEventListener("click", () => { start(`${SOCKET}/over`); });
      find("over").addEventListener("cancel", (event) => { event.preventDefault(); });
    },
  };
})();
