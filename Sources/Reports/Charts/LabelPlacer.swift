/// Finds places for names beside their marks where they cover neither each other nor, if it can be, other
/// marks.
struct LabelPlacer {
    typealias Box = (left: Double, top: Double, right: Double, bottom: Double)

    let bounds: Box
    private let marks: [(x: Double, y: Double, radius: Double)]
    private var taken: [Box] = []

    init(bounds: Box, marks: [(Double, Double, Double)]) {
        self.bounds = bounds
        self.marks = marks.map { (x: $0.0, y: $0.1, radius: $0.2) }
    }

    /// The start of the text's baseline, or `nil` where there is no room.
    mutating func place(
        _ text: String, beside mark: (x: Double, y: Double, radius: Double)
    ) -> (x: Double, y: Double)? {
        let width = TextMeasure.width(text, size: 11.5), gap = mark.radius + 3
        let places = [
            (mark.x + gap, mark.y + 4), (mark.x - gap - width, mark.y + 4),
            (mark.x - width / 2, mark.y - gap - 2), (mark.x - width / 2, mark.y + gap + 9),
        ]
        var best: (place: (Double, Double), box: Box, covered: Int)?
        for place in places {
            let box: Box = (place.0, place.1 - 10, place.0 + width, place.1 + 3)
            guard box.left >= bounds.left, box.right <= bounds.right, box.top >= bounds.top,
                box.bottom <= bounds.bottom,
                !taken.contains(where: { Self.overlap($0, box) })
            else { continue }
            let covered = marks.reduce(0) { sum, m in
                let other: Box = (m.x - m.radius, m.y - m.radius, m.x + m.radius, m.y + m.radius)
                return sum + (Self.overlap(other, box) ? 1 : 0)
            }
            if covered < best?.covered ?? .max { best = (place, box, covered) }
        }
        guard let best, best.covered <= 1 else { return nil }
        taken.append(best.box)
        return (x: best.place.0, y: best.place.1)
    }

    private static func overlap(_ a: Box, _ b: Box) -> Bool {
        a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
    }
}
