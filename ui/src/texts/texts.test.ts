// The words are complete in three languages, and no screen has words of its own.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as ts from "typescript";
import { describe, expect, it } from "vitest";
import { texts } from ".";

const SOURCE = join(process.cwd(), "src");

describe("the words", () => {
  it("no_language_has_an_empty_word", () => {
    const empty: string[] = [];
    const walk = (value: unknown, path: string) => {
      if (typeof value === "string" && value.trim() === "") empty.push(path);
      if (typeof value === "object" && value !== null) for (const [key, inner] of Object.entries(value)) walk(inner, `${path}.${key}`);
    };
    walk(texts, "texts");
    expect(empty).toEqual([]);
  });

  it("the_same_codes_have_words_in_all_languages", () => {
    const shape = (value: unknown): unknown => (typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)])) : typeof value);
    expect(shape(texts.nn)).toEqual(shape(texts.nb));
    expect(shape(texts.en)).toEqual(shape(texts.nb));
  });

  it("nynorsk_is_not_bokmål_under_another_name", () => {
    const words: string[] = [];
    const walk = (value: unknown) => {
      if (typeof value === "string") words.push(value);
      else if (typeof value === "object" && value !== null) Object.values(value).forEach(walk);
    };
    walk(texts.nn);
    const bokmål = words.filter((word) => /(?<!\p{L})(ikke|jeg|hvem|hva|hvor|fra|et|en|prøvetaker|tjenester?|avvises|sendes|lagres)(?!\p{L})/iu.test(word));
    expect(bokmål).toEqual([]);
  });
});

describe("the screens", () => {
  it("have_no_words_of_their_own", () => {
    const found: string[] = [];
    for (const entry of readdirSync(SOURCE, { recursive: true, withFileTypes: true })) {
      if (!entry.name.endsWith(".tsx") || entry.name.endsWith(".test.tsx")) continue;
      const path = join(entry.parentPath, entry.name);
      found.push(...ownWords(path, readFileSync(path, "utf8")));
    }
    expect(found).toEqual([]);
  });

  it("would_be_found_out_if_they_had", () => {
    const own = ownWords("a.tsx", `const a = <p title="Hei du" aria-label={"Lukk"}>Noe<b>{"tekst"}</b>{x ? "ja" : t.no} · {n}</p>;`);
    expect(own).toHaveLength(5);
  });
});

const WORDED = new Set(["title", "aria-label", "placeholder", "alt", "label", "description"]);

/** Letters between tags, in attributes that are read out, and in strings given as children. */
function ownWords(path: string, text: string): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const isWord = (words: string) => /\p{L}{2,}/u.test(words);
  const tell = (node: ts.Node, words: string) => {
    if (isWord(words)) found.push(`${path}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${words.trim()}`);
  };
  const strings = (node: ts.Expression | undefined): void => {
    if (!node) return;
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) tell(node, node.text);
    else if (ts.isConditionalExpression(node)) {
      strings(node.whenTrue);
      strings(node.whenFalse);
    } else if (ts.isBinaryExpression(node)) strings(node.right);
    else if (ts.isTemplateExpression(node)) [node.head, ...node.templateSpans.map((span) => span.literal)].forEach((part) => tell(part, part.text));
  };
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) tell(node, node.text);
    if (ts.isJsxAttribute(node) && WORDED.has(node.name.getText())) {
      if (node.initializer && ts.isStringLiteral(node.initializer)) tell(node, node.initializer.text);
      if (node.initializer && ts.isJsxExpression(node.initializer)) strings(node.initializer.expression);
    }
    if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent)) strings(node.expression);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
