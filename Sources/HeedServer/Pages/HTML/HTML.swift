import Reports

/// A piece of a page.
///
/// There is no way to make one from markup: elements and attributes come from closed lists, text and values are escaped when
/// they are put in, and addresses are either paths of this server or checked to be http or https.
///
/// ```swift
/// let card = HTML(.div, [.class("card")]) {
///     HTML(.h2) { space.name }
/// }
/// ```
struct HTML: Sendable {
    private var text: String

    private init(written text: String) { self.text = text }

    /// An element with what stands in it.
    init(_ tag: Tag, _ attributes: [Attribute] = [], @HTMLBuilder _ content: () -> HTML = { .nothing }) {
        self.init(tag, attributes, content())
    }

    /// An element with what stands in it.
    init(_ tag: Tag, _ attributes: [Attribute] = [], _ content: HTML) {
        var text = "<\(tag.rawValue)"
        for attribute in attributes {
            guard attribute.isPresent else { continue }
            text += " \(attribute.name.rawValue)"
            if let value = attribute.value { text += "=\"\(Escaping.markup(value, lines: true))\"" }
        }
        text += ">"
        if !tag.isVoid {
            // A line end at the very beginning of these would be swallowed by the browser.
            if tag == .pre || tag == .textarea { text += "\n" }
            text += content.text + "</\(tag.rawValue)>"
        }
        self.text = text
    }

    /// Text.
    static func text(_ text: String) -> HTML { HTML(written: Escaping.markup(text, lines: true)) }

    /// Nothing.
    static let nothing = HTML(written: "")

    /// A chart, which escapes its own texts.
    static func chart(_ image: SVGImage) -> HTML { HTML(written: image.markup()) }

    /// Pieces one after the other.
    static func all(_ pieces: some Sequence<HTML>) -> HTML { HTML(written: pieces.map(\.text).joined()) }

    /// A whole page.
    static func document(_ content: HTML) -> HTML { HTML(written: "<!DOCTYPE html>\n" + content.text + "\n") }

    /// As it is sent.
    var markup: String { text }

    /// Whether there is nothing.
    var isEmpty: Bool { text.isEmpty }

    /// The elements that pages have.
    enum Tag: String, Sendable, CaseIterable {
        case html, head, body, title, meta, link, script
        case header, nav, main, footer, section, article, aside, div, span, p
        case h1, h2, h3, h4, h5, h6, ul, ol, li, dl, dt, dd, blockquote, pre, code, hr, br
        case a, strong, em, del, bdi, kbd, small, time, img, figure, figcaption
        case table, caption, thead, tbody, tr, th, td
        case form, fieldset, legend, label, input, textarea, select, option, button, progress, output
        case details, summary
        case svg, path

        /// Whether nothing can stand in it.
        var isVoid: Bool { [.meta, .link, .hr, .br, .img, .input].contains(self) }
    }
}

/// An attribute of an element.
struct Attribute: Sendable {
    let name: Name
    let value: String?
    let isPresent: Bool

    private init(_ name: Name, _ value: String?, isPresent: Bool = true) {
        self.name = name
        self.value = value
        self.isPresent = isPresent
    }

    /// An attribute that holds a text.
    static func set(_ name: TextName, _ value: String) -> Attribute { Attribute(name.name, value) }
    /// An attribute that is there or not.
    static func flag(_ name: FlagName, _ isPresent: Bool = true) -> Attribute {
        Attribute(name.name, nil, isPresent: isPresent)
    }
    /// The classes.
    static func `class`(_ value: String) -> Attribute { .set(.class, value) }
    /// The id.
    static func id(_ value: String) -> Attribute { .set(.id, value) }
    /// Where a link leads.
    static func href(_ address: Address) -> Attribute { Attribute(.href, address.text) }
    /// Where an image or a script comes from.
    static func src(_ address: Address) -> Attribute { Attribute(.src, address.text) }
    /// Where a form is sent.
    static func action(_ address: Address) -> Attribute { Attribute(.action, address.text) }
    /// An address that scripts ask.
    static func live(_ address: Address) -> Attribute { Attribute(.live, address.text) }

    /// All names that there are.
    enum Name: String, Sendable, CaseIterable {
        case href, src, action
        case live = "data-live"
        case `class`, id, lang, charset, content, name, value, type, rel, title, role, method, placeholder,
            alt
        case label = "aria-label"
        case labelledby = "aria-labelledby"
        case describedby = "aria-describedby"
        case announce = "aria-live"
        case current = "aria-current"
        case ariaHidden = "aria-hidden"
        case `for`, rows, min, max, step, maxlength, minlength, pattern, autocomplete, inputmode, scope,
            datetime
        case colspan, tabindex, enterkeyhint, loading, decoding, referrerpolicy, spellcheck, autocapitalize
        case keys = "data-keys"
        case version = "data-v"
        case copy = "data-copy"
        case viewBox, d, fill, width, height, preserveAspectRatio
        case required, checked, selected, disabled, open, `defer`, multiple, formnovalidate, readonly,
            autofocus
    }

    /// The names whose value is any text.
    struct TextName: Sendable {
        fileprivate let name: Name
        private init(_ name: Name) { self.name = name }
        static let `class` = Self(.class), id = Self(.id), lang = Self(.lang), charset = Self(.charset)
        static let content = Self(.content), name = Self(.name), value = Self(.value), type = Self(.type)
        static let rel = Self(.rel), title = Self(.title), role = Self(.role), method = Self(.method)
        static let placeholder = Self(.placeholder), alt = Self(.alt), label = Self(.label)
        static let labelledby = Self(.labelledby), describedby = Self(.describedby),
            announce = Self(.announce)
        static let current = Self(.current), ariaHidden = Self(.ariaHidden), `for` = Self(.for)
        static let rows = Self(.rows), min = Self(.min), max = Self(.max), step = Self(.step)
        static let maxlength = Self(.maxlength), pattern = Self(.pattern), autocomplete = Self(.autocomplete)
        static let inputmode = Self(.inputmode), scope = Self(.scope), datetime = Self(.datetime)
        static let colspan = Self(.colspan), tabindex = Self(.tabindex), loading = Self(.loading)
        static let decoding = Self(.decoding), referrerpolicy = Self(.referrerpolicy)
        static let spellcheck = Self(.spellcheck), autocapitalize = Self(.autocapitalize)
        static let keys = Self(.keys), version = Self(.version), copy = Self(.copy)
        static let viewBox = Self(.viewBox), d = Self(.d), width = Self(.width), height = Self(.height)
        static let preserveAspectRatio = Self(.preserveAspectRatio)
    }

    /// The names that are there or not.
    struct FlagName: Sendable {
        fileprivate let name: Name
        private init(_ name: Name) { self.name = name }
        static let required = Self(.required), checked = Self(.checked), selected = Self(.selected)
        static let disabled = Self(.disabled), open = Self(.open), `defer` = Self(.defer)
        static let formnovalidate = Self(.formnovalidate), readonly = Self(.readonly)
        static let autofocus = Self(.autofocus)
    }
}

/// Puts pieces of a page together; strings become text.
@resultBuilder
enum HTMLBuilder {
    static func buildExpression(_ piece: HTML) -> HTML { piece }
    static func buildExpression(_ text: String) -> HTML { .text(text) }
    static func buildBlock(_ pieces: HTML...) -> HTML { .all(pieces) }
    static func buildOptional(_ piece: HTML?) -> HTML { piece ?? .nothing }
    static func buildEither(first piece: HTML) -> HTML { piece }
    static func buildEither(second piece: HTML) -> HTML { piece }
    static func buildArray(_ pieces: [HTML]) -> HTML { .all(pieces) }
}
