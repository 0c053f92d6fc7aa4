/// Runs small programs on a stack of exact numbers, in a bounded number of steps and nothing else.
///
/// Words are separated by spaces: numbers are pushed; `+ - * / % neg` and the comparisons `= < >` (1 or 0) work on the
/// top; `dup drop swap over` move it; `name:` is a place, `jump name` goes there, `jumpzero name` does where the top,
/// which it takes, is 0; `print` takes the top and writes it; `stop` ends.
///
/// ```swift
/// let factorial = "1 5 loop: dup jumpzero end swap over * swap 1 - jump loop end: drop print"
/// print(try StackMachine().call(factorial))   // 120
/// ```
public struct StackMachine: AnswerTool {
    public let name = "stack"
    public let usage =
        "runs a program for a stack machine, such as \"2 3 + print\": numbers, + - * / % neg = < > dup drop swap over, "
        + "name: jump name, jumpzero name, print, stop"
    /// The most steps.
    public var steps: Int
    /// The most numbers on the stack and in the output.
    public var depth: Int

    /// Creates a machine.
    public init(steps: Int = 10_000, depth: Int = 256) {
        precondition(steps > 0 && depth > 0, "limits are positive")
        self.steps = steps
        self.depth = depth
    }

    /// The program in a block that is marked as `stack`.
    public func input(for question: String) -> String? {
        guard let start = question.range(of: "```stack")?.upperBound else { return nil }
        let rest = question[start...]
        return rest.range(of: "```").map { String(rest[..<$0.lowerBound]) } ?? String(rest)
    }

    public func call(_ input: String) throws -> String {
        let words = input.split(whereSeparator: \.isWhitespace).prefix(10_001).map(String.init)
        guard words.count <= 10_000 else { throw ToolError.limit("the program is too long") }
        var places: [String: Int] = [:]
        for (place, word) in words.enumerated() where word.count > 1 && word.hasSuffix(":") {
            places[String(word.dropLast())] = place
        }
        var (stack, output, place, done): ([Rational], [String], Int, Int) = ([], [], 0, 0)
        func pop() throws -> Rational {
            guard let top = stack.popLast() else { throw ToolError.impossible("the stack is empty") }
            return top
        }
        func target(_ place: Int) throws -> Int {
            guard place < words.count, let target = places[words[place]] else {
                throw ToolError.unreadable(place < words.count ? words[place] : "the end of the program")
            }
            return target
        }
        while place < words.count {
            done += 1
            guard done <= steps else { throw ToolError.limit("the program takes more than \(steps) steps") }
            let word = words[place]
            place += 1
            switch word {
            case "+", "-", "*", "/", "%", "=", "<", ">":
                let (b, a) = (try pop(), try pop())
                stack.append(try Self.apply(word, a, b))
            case "neg": stack.append(try pop().negated())
            case "drop": _ = try pop()
            case "dup":
                let top = try pop()
                stack += [top, top]
            case "swap":
                let (b, a) = (try pop(), try pop())
                stack += [b, a]
            case "over":
                let (b, a) = (try pop(), try pop())
                stack += [a, b, a]
            case "jump": place = try target(place)
            case "jumpzero":
                let there = try target(place)
                place = try pop().numerator == 0 ? there : place + 1
            case "print": output.append(try pop().description)
            case "stop": place = words.count
            default:
                if let number = Rational(word) {
                    stack.append(number)
                } else if places[String(word.dropLast())] == nil || !word.hasSuffix(":") {
                    throw ToolError.unreadable(String(word.prefix(80)))
                }
            }
            guard stack.count <= depth, output.count <= depth else {
                throw ToolError.limit("the program keeps more than \(depth) numbers")
            }
        }
        guard !output.isEmpty else { throw ToolError.impossible("the program printed nothing") }
        return output.joined(separator: " ")
    }

    private static func apply(_ sign: String, _ a: Rational, _ b: Rational) throws -> Rational {
        switch sign {
        case "+": return try a + b
        case "-": return try a - b
        case "*": return try a * b
        case "/": return try a / b
        case "=": return Rational(a == b ? 1 : 0)
        case "<": return Rational(try a < b ? 1 : 0)
        case ">": return Rational(try b < a ? 1 : 0)
        default:
            guard a.denominator == 1, b.denominator == 1, b.numerator != 0 else {
                throw ToolError.impossible("a remainder of \(a) by \(b)")
            }
            return Rational(a.numerator % b.numerator)
        }
    }
}
