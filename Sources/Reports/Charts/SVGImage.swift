/// A picture in SVG: text that any browser shows, without scripts and without anything from elsewhere.
public struct SVGImage: Sendable {
    /// The width in pixels at the size that the picture was drawn for; it scales.
    public let width: Double
    /// The height in pixels.
    public let height: Double
    /// What the picture is, for readers who cannot see it.
    public let title: String
    /// What the picture shows, in a sentence or two.
    public let summary: String
    let content: [SVGNode]

    /// The picture as SVG.
    ///
    /// - Parameters:
    ///   - standalone: whether it is to be a file of its own, with its colours in it. In a page that has them
    ///     (`ChartStyle`) it needs none.
    public func markup(standalone: Bool = false) -> String {
        let w = NumberText.coordinate(width), h = NumberText.coordinate(height)
        var out = standalone ? "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" : ""
        out += "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"hd\" viewBox=\"0 0 \(w) \(h)\""
        out += " width=\"\(w)\" height=\"\(h)\" role=\"img\" aria-label=\"\(Escaping.markup(title))\">"
        SVGNode("title", text: title).write(to: &out)
        SVGNode("desc", text: summary).write(to: &out)
        if standalone {
            out += "<style>" + ChartStyle.css + "</style>"
            SVGNode.rect(0, 0, width, height, "hd-page").write(to: &out)
        }
        for node in content { node.write(to: &out) }
        out += "</svg>"
        return out
    }
}

/// A chart that can be drawn at any width.
public protocol Chart: Sendable {
    /// What the chart is.
    var title: String { get }

    /// Whether a narrow drawing of it can be read on a phone; if not, the one drawing is scrolled there.
    var reflows: Bool { get }

    /// Draws the chart, at least 280 pixels wide.
    func image(width: Double) -> SVGImage
}

extension Chart {
    public var reflows: Bool { true }
}
