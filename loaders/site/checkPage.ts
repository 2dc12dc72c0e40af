import {posix} from "node:path";
import {checkModule, checkStyle, type SiteFiles} from "./checkModule.js";

/** What is wrong with one page's HTML. */
export function* checkPage(name: string, html: string, site: SiteFiles): Generator<string> {
  for (const [, text] of html.matchAll(/class="[^"]*observablehq--error[^"]*"[^>]*>([^<]*)</g))
    yield decode(text!.trim());
  for (const [, code] of html.matchAll(/<script[^>]*type="module"[^>]*>([\s\S]*?)<\/script>/g)) {
    yield* checkModule(name, code!, site);
  }
  const markup = html.replace(/(<script\b[^>]*>)[\s\S]*?<\/script>/g, "$1");
  for (const [tag, element] of markup.matchAll(
    /<(link|script|img|source|iframe|video|audio|embed|object|track|use)\b[^>]*>/g
  )) {
    for (const [, url] of tag.matchAll(/\s(?:src|href|data|poster|srcset)="((?:https?:)?\/\/[^"]+)"/g)) {
      if (element !== "link" || !/rel="(?:canonical|alternate|author|license)"/.test(tag)) {
        yield `<${element}> takes ${url} from another host: put the file beside the page`;
      }
    }
  }
  for (const [, css] of markup.matchAll(/<style[^>]*>([\s\S]*?)<\/style>/g)) yield* checkStyle(css!);
  for (const [, css] of markup.matchAll(/\sstyle="([^"]*)"/g)) yield* checkStyle(decode(css!));
  for (const [, href] of markup.matchAll(/<a\b[^>]*\shref="([^"]*)"/g)) {
    const message = checkLink(name, decode(href!), site);
    if (message) yield message;
  }
  for (const [, src] of markup.matchAll(/<(?:img|source|video|audio|script)\b[^>]*\ssrc="([^"]*)"/g)) {
    const path = localPath(name, decode(src!));
    if (path && !site.names.has(path)) yield `no such file: ${src}`;
  }
}

function checkLink(from: string, href: string, {names, pages}: SiteFiles): string | undefined {
  const path = localPath(from, href);
  if (path === undefined) return undefined;
  const file = [path, `${path}.html`, posix.join(path, "index.html")].find((each) => names.has(each));
  if (!file) return `broken link: ${href}`;
  const anchor = /#(.+)$/.exec(href)?.[1];
  const html = pages.get(file);
  if (!anchor || !html || anchor.includes("=")) return undefined;
  const id = decodeURIComponent(anchor);
  // Cells may make headings when they run; what stands in the page already must be right.
  const isMade = /<!--:[0-9a-f-]+:-->/.test(html) && file !== from && !html.includes("<h2");
  return html.includes(`id="${id}"`) || isMade ? undefined : `broken link: ${href} (no such heading)`;
}

/** Where a link leads within the site; undefined for other sites, mail, data and the page itself. */
function localPath(from: string, href: string): string | undefined {
  if (href === "" || /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(href)) return undefined;
  const {pathname} = new URL(href, `http://site/${from}`);
  return decodeURIComponent(pathname.slice(1)) || "index.html";
}

function decode(text: string): string {
  return text
    .replaceAll("&quot;", '"')
    .replaceAll("&#x27;", "'")
    .replaceAll("&#x60;", "`")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
