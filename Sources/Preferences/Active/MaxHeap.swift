/// Gives back its largest element first.
///
/// Complexity: O(n) to make, O(log n) to pop and to push.
struct MaxHeap<Element: Comparable & Sendable>: Sendable {
    private var elements: [Element]

    init(_ elements: [Element]) {
        self.elements = elements
        for place in stride(from: elements.count / 2 - 1, through: 0, by: -1) { sink(place) }
    }

    /// The largest element.
    var first: Element? { elements.first }

    mutating func popFirst() -> Element? {
        guard let first = elements.first else { return nil }
        let last = elements.removeLast()
        if !elements.isEmpty {
            elements[0] = last
            sink(0)
        }
        return first
    }

    mutating func push(_ element: Element) {
        elements.append(element)
        var place = elements.count - 1
        while place > 0, elements[(place - 1) / 2] < elements[place] {
            elements.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    private mutating func sink(_ start: Int) {
        var place = start
        while true {
            var largest = place
            for child in [2 * place + 1, 2 * place + 2]
            where child < elements.count && elements[largest] < elements[child] {
                largest = child
            }
            if largest == place { return }
            elements.swapAt(place, largest)
            place = largest
        }
    }
}
