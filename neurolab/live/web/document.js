// As much of a browser's document as Observable Plot needs to draw svg text without a browser.
var document = (() => {
  const escape = s => String(s).replace(/[&<>"]/g, c => ({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})[c]);
  class Node {
    constructor(name) {
      this.nodeName = name;
      this.attributes = new Map();
      this.childNodes = [];
      const add = (k, v) => this.setAttribute("style", `${this.getAttribute("style") ?? ""}${k}:${v};`);
      this.style = new Proxy({}, {
        get: (_, k) => (k === "setProperty" ? add : undefined),
        set: (_, k, v) => (add(k.replace(/[A-Z]/g, c => "-" + c.toLowerCase()), v), true),
      });
    }
    get ownerDocument() { return document; }
    get namespaceURI() { return "http://www.w3.org/2000/svg"; }
    get firstChild() { return this.childNodes[0] ?? null; }
    get lastChild() { return this.childNodes.at(-1) ?? null; }
    remove() { this.parentNode?.removeChild(this); }
    removeChild(n) { this.childNodes.splice(this.childNodes.indexOf(n), 1); n.parentNode = null; return n; }
    insertBefore(n, before) {
      n.parentNode?.removeChild(n);
      n.parentNode = this;
      this.childNodes.splice(before ? this.childNodes.indexOf(before) : this.childNodes.length, 0, n);
      return n;
    }
    appendChild(n) { return this.insertBefore(n, null); }
    append(...nodes) { for (const n of nodes) this.appendChild(typeof n === "string" ? new Text(n) : n); }
    setAttribute(k, v) { this.attributes.set(k, String(v)); }
    setAttributeNS(_, k, v) { this.setAttribute(k, v); }
    getAttribute(k) { return this.attributes.get(k) ?? null; }
    hasAttribute(k) { return this.attributes.has(k); }
    removeAttribute(k) { this.attributes.delete(k); }
    set textContent(t) { this.childNodes = [new Text(t)]; }
    addEventListener() {}
    dispatchEvent() {}
    querySelector() { return null; }
    querySelectorAll() { return []; }
    get outerHTML() {
      const attributes = [...this.attributes].map(([k, v]) => ` ${k}="${escape(v)}"`).join("");
      return `<${this.nodeName}${attributes}>${this.childNodes.map(n => n.outerHTML).join("")}</${this.nodeName}>`;
    }
  }
  class Text {
    constructor(t) { this.textContent = t; }
    get outerHTML() { return escape(this.textContent); }
  }
  const document = {
    createElement: name => new Node(name),
    createElementNS: (_, name) => new Node(name),
    createTextNode: t => new Text(t),
    defaultView: {},
  };
  document.documentElement = new Node("html");
  return document;
})();
