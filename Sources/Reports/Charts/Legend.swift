/// A row of marks with their names that wraps where the picture ends.
struct Legend {
    /// One entry: what it looks like at a place, and its name.
    struct Entry {
        var name: String
        var mark: (_ x: Double, _ y: Double) -> SVGNode
    }

    var nodes: [SVGNode] = []
    /// The height that the rows take.
    var height = 0.0

    /// Lays the entries out from a corner.
    init(_ entries: [Entry], x: Double, y: Double, width: Double) {
        if entries.isEmpty { return }
        var at = x, row = 0.0
        for entry in entries {
            let name = TextMeasure.elide(entry.name, size: 11.5, to: width - 24)
            let need = 18 + TextMeasure.width(name, size: 11.5) + 16
            if at > x, at + need - 14 > x + width {
                at = x
                row += 1
            }
            let middle = y + row * 19 + 9
            nodes.append(entry.mark(at + 7, middle))
            nodes.append(.text(at + 18, middle + 4, name, "hd-small"))
            at += need
        }
        height = (row + 1) * 19
    }
}
