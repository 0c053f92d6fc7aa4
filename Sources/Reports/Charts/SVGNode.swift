/// One element of a picture. Text and attributes are escaped when it is written.
struct SVGNode: Sendable {
    var name: String
    var attributes: [(name: String, value: String)]
    var text: String?
    var children: [SVGNode]

    init(
        _ name: String, _ attributes: [(String, String)] = [], text: String? = nil, _ children: [SVGNode] = []
    ) {
        self.name = name
        self.attributes = attributes.map { (name: $0.0, value: $0.1) }
        self.text = text
        self.children = children
    }

    func write(to out: inout String) {
        out += "<\(name)"
        for attribute in attributes { out += " \(attribute.name)=\"\(Escaping.markup(attribute.value))\"" }
        if text == nil, children.isEmpty {
            out += "/>"
            return
        }
        out += ">"
        for child in children { child.write(to: &out) }
        if let text { out += Escaping.markup(text) }
        out += "</\(name)>"
    }

    /// The element with a text that browsers show on hovering.
    func titled(_ title: String) -> SVGNode {
        var node = self
        node.children.insert(SVGNode("title", text: title), at: 0)
        return node
    }

    /// The element with one more attribute.
    func with(_ name: String, _ value: String) -> SVGNode {
        var node = self
        node.attributes.append((name: name, value: value))
        return node
    }

    // MARK: - Shapes

    static func group(_ style: String? = nil, _ children: [SVGNode]) -> SVGNode {
        SVGNode("g", style.map { [("class", $0)] } ?? [], children)
    }

    static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) -> SVGNode {
        SVGNode(
            "line",
            [("class", style), ("x1", at(x1)), ("y1", at(y1)), ("x2", at(x2)), ("y2", at(y2))])
    }

    static func rect(
        _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ style: String, radius: Double = 0
    ) -> SVGNode {
        let node = SVGNode(
            "rect",
            [
                ("class", style), ("x", at(x)), ("y", at(y)), ("width", at(max(0, width))),
                ("height", at(max(0, height))),
            ])
        return radius > 0 ? node.with("rx", at(radius)) : node
    }

    static func circle(_ x: Double, _ y: Double, _ radius: Double, _ style: String) -> SVGNode {
        SVGNode("circle", [("class", style), ("cx", at(x)), ("cy", at(y)), ("r", at(radius))])
    }

    /// A path through these points.
    static func path(_ points: [(Double, Double)], closed: Bool = false, _ style: String) -> SVGNode {
        var d = ""
        for (index, point) in points.enumerated() {
            d += (index == 0 ? "M" : "L") + at(point.0) + " " + at(point.1)
        }
        return SVGNode("path", [("class", style), ("d", d + (closed ? "Z" : ""))])
    }

    /// A line of text; `anchor` is `start`, `middle` or `end`.
    static func text(
        _ x: Double, _ y: Double, _ text: String, _ style: String? = nil, anchor: String = "start"
    ) -> SVGNode {
        var attributes = style.map { [("class", $0)] } ?? []
        attributes += [("x", at(x)), ("y", at(y))]
        if anchor != "start" { attributes.append(("text-anchor", anchor)) }
        return SVGNode("text", attributes, text: text)
    }

    private static func at(_ value: Double) -> String { NumberText.coordinate(value) }
}
