import Kernels

/// A model in parts that files can hold: arrays of numbers by name, and everything small.
///
/// ```swift
/// var state = ModelState()
/// state["weights"] = .init([0.5, -1])
/// state.settings["temperature"] = "2.0"
/// ```
public struct ModelState: Sendable, Hashable {
    /// Numbers in a shape.
    public struct Numbers: Sendable, Hashable {
        /// The size of each dimension.
        public var shape: [Int]
        /// The numbers, the last dimension running fastest.
        public var values: [Double]

        /// Creates numbers in a shape, in a row unless said otherwise.
        public init(_ values: [Double], shape: [Int]? = nil) {
            let shape = shape ?? [values.count]
            precondition(shape.reduce(1, *) == values.count, "\(values.count) numbers do not fill \(shape)")
            self.shape = shape
            self.values = values
        }

        /// Creates the numbers of a matrix, row after row.
        public init(_ matrix: Matrix) {
            self.init(matrix.values, shape: [matrix.rows, matrix.columns])
        }

        /// Whether the shape and the numbers fit, which parts that were set one by one may not.
        var fit: Bool {
            var (count, overflows) = (1, false)
            for size in shape {
                guard size >= 0 else { return false }
                let product = count.multipliedReportingOverflow(by: size)
                (count, overflows) = (product.partialValue, overflows || product.overflow)
            }
            return !overflows && count == values.count
        }
    }

    /// The arrays by name.
    public var arrays: [String: Numbers] = [:]
    /// Short texts by name.
    public var settings: [String: String] = [:]
    /// Lists of texts by name, such as the judges.
    public var lists: [String: [String]] = [:]

    /// Creates an empty one.
    public init() {}

    /// An array.
    public subscript(_ name: String) -> Numbers? {
        get { arrays[name] }
        set { arrays[name] = newValue }
    }

    /// Adds all parts of another one under a name.
    public mutating func nest(_ name: String, _ other: ModelState) {
        for (key, value) in other.arrays { arrays["\(name).\(key)"] = value }
        for (key, value) in other.settings { settings["\(name).\(key)"] = value }
        for (key, value) in other.lists { lists["\(name).\(key)"] = value }
    }

    /// The parts that were added under a name.
    public func nested(_ name: String) -> ModelState {
        func inside<T>(_ parts: [String: T]) -> [String: T] {
            var result: [String: T] = [:]
            for (key, value) in parts where key.hasPrefix(name + ".") {
                result[String(key.dropFirst(name.count + 1))] = value
            }
            return result
        }
        var result = ModelState()
        (result.arrays, result.settings, result.lists) = (inside(arrays), inside(settings), inside(lists))
        return result
    }

    /// An array that has to be there, of so many dimensions and finite numbers.
    public func numbers(_ name: String, rank: Int) throws -> Numbers {
        guard let found = arrays[name] else {
            throw LearningError.data("the model has no array \(name.debugDescription); its file is damaged")
        }
        guard found.shape.count == rank else {
            throw LearningError.data(
                "the model's array \(name.debugDescription) has the shape \(found.shape), not \(rank) dimensions"
            )
        }
        guard found.fit else {
            throw LearningError.data(
                "the model's array \(name.debugDescription) has \(found.values.count) numbers, which do not fill "
                    + "\(found.shape); its file is damaged")
        }
        guard found.values.allSatisfy(\.isFinite) else {
            throw LearningError.data(
                "the model's array \(name.debugDescription) has a number that is not finite; train it again")
        }
        return found
    }

    /// The numbers of an array of two dimensions that has to be there.
    public func matrix(_ name: String) throws -> Matrix {
        let found = try numbers(name, rank: 2)
        return Matrix(rows: found.shape[0], columns: found.shape[1], values: found.values)
    }

    /// The numbers of an array of one dimension that has to be there.
    public func vector(_ name: String) throws -> [Double] { try numbers(name, rank: 1).values }

    /// A number among the settings that has to be there.
    public func number(_ name: String) throws -> Double {
        guard let text = settings[name], let number = Double(text) else {
            throw LearningError.data("the model has no number \(name.debugDescription); its file is damaged")
        }
        return number
    }

    /// A whole number from 0 on among the settings that has to be there.
    public func count(_ name: String) throws -> Int {
        guard let count = Int(exactly: try number(name)), count >= 0 else {
            throw LearningError.data("the model's \(name.debugDescription) is no count; its file is damaged")
        }
        return count
    }

    /// The certificate, which every model keeps.
    public var certificate: FitCertificate {
        get throws {
            FitCertificate(
                converged: settings["converged"] == "true", steps: try count("steps"),
                loss: try number("loss"), limits: lists["limits"] ?? [])
        }
    }

    /// Keeps a certificate.
    public mutating func keep(_ certificate: FitCertificate) {
        settings["converged"] = String(certificate.converged)
        settings["steps"] = String(certificate.steps)
        settings["loss"] = String(certificate.loss)
        lists["limits"] = certificate.limits
    }
}
