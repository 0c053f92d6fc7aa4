/// The parts of forms: each field with its label and its hint.
enum Forms {
    /// A form that changes something: it carries the session's token.
    static func post(
        _ action: Address, csrf: String, _ attributes: [Attribute] = [], @HTMLBuilder _ content: () -> HTML
    ) -> HTML {
        HTML(.form, [.set(.method, "post"), .action(action)] + attributes) {
            hidden("csrf", csrf)
            content()
        }
    }

    /// A value that goes along.
    static func hidden(_ name: String, _ value: String) -> HTML {
        HTML(.input, [.set(.type, "hidden"), .set(.name, name), .set(.value, value)])
    }

    /// A form that is one button.
    static func button(
        _ action: Address, csrf: String, _ label: String, id: String, kind: String = "quiet",
        fields: [(String, String)] = [], describe: String? = nil
    ) -> HTML {
        post(action, csrf: csrf, [.class("inline")]) {
            for field in fields { hidden(field.0, field.1) }
            HTML(
                .button,
                [.set(.type, "submit"), .class(kind), .id(id)] + (describe.map { [.set(.label, $0)] } ?? [])
            ) { label }
        }
    }

    /// A labelled line.
    static func line(
        _ label: String, _ name: String, _ value: String = "", id: String? = nil, hint: String? = nil,
        _ attributes: [Attribute] = []
    ) -> HTML {
        let id = id ?? "f-\(name)"
        return field(label, id: id, hint: hint) {
            HTML(
                .input,
                [.set(.name, name), .id(id), .set(.value, value)] + described(id, hint)
                    + (attributes.contains { $0.name == .type } ? [] : [.set(.type, "text")]) + attributes)
        }
    }

    /// A labelled text of several lines.
    static func lines(
        _ label: String, _ name: String, _ value: String, rows: Int = 5, id: String? = nil,
        hint: String? = nil
    ) -> HTML {
        let id = id ?? "f-\(name)"
        return field(label, id: id, hint: hint) {
            HTML(
                .textarea,
                [.set(.name, name), .id(id), .set(.rows, "\(rows)"), .set(.spellcheck, "false")]
                    + described(id, hint)
            ) { value }
        }
    }

    /// A labelled choice.
    static func choice(
        _ label: String, _ name: String, _ options: [(value: String, label: String)], _ value: String,
        id: String? = nil, hint: String? = nil
    ) -> HTML {
        let id = id ?? "f-\(name)"
        return field(label, id: id, hint: hint) {
            HTML(.select, [.set(.name, name), .id(id)] + described(id, hint)) {
                for option in options {
                    HTML(.option, [.set(.value, option.value), .flag(.selected, option.value == value)]) {
                        option.label
                    }
                }
            }
        }
    }

    private static func described(_ id: String, _ hint: String?) -> [Attribute] {
        hint == nil ? [] : [.set(.describedby, "\(id)-hint")]
    }

    private static func field(_ label: String, id: String, hint: String?, @HTMLBuilder _ control: () -> HTML)
        -> HTML
    {
        HTML(.div, [.class("field")]) {
            HTML(.label, [.set(.for, id)]) { label }
            control()
            if let hint { HTML(.p, [.class("hint"), .id("\(id)-hint")]) { hint } }
        }
    }
}
