using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Orchestrator.Durable.Abstractions.Tests.Surface;

/// <summary>What a type shows to other assemblies, in the notation of the lists of genuine signatures.</summary>
internal static class PublicSurface
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly HashSet<string> MadeForRecords =
        ["EqualityContract", "ToString", "GetHashCode", "Equals", "op_Equality", "op_Inequality", "PrintMembers", "<Clone>$"];

    internal static string Header(Type type) => $"{type.Namespace}: {Usage(type)}{Declaration(type)}";

    internal static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
            return Enum.GetValues(type).Cast<object>().Select(value => $"{value} = {Convert.ToInt32(value, CultureInfo.InvariantCulture)}");
        if (IsDelegate(type))
            return [];
        var isRecord = IsRecord(type);
        return type.GetMembers(Declared)
            .Where(member => !isRecord || !MadeForRecords.Contains(member.Name))
            .Select(Member)
            .OfType<string>();
    }

    private static string Declaration(Type type)
    {
        var name = TypeNotation.GenericName(type);
        if (IsDelegate(type))
        {
            var invoke = type.GetMethod("Invoke")!;
            return $"public delegate {TypeNotation.Of(invoke.ReturnParameter)} {name}({Parameters(invoke)});";
        }

        if (type.IsEnum)
            return $"public enum {name}";
        var kind = type switch
        {
            { IsInterface: true } => "interface",
            { IsValueType: true } => "struct",
            _ when IsRecord(type) => "record",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => "abstract class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
        IEnumerable<Type> bases = type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) ? [parent] : [];
        var inherited = (type.BaseType?.GetInterfaces() ?? []).Concat(type.GetInterfaces().SelectMany(each => each.GetInterfaces()));
        var names = bases.Concat(type.GetInterfaces().Except(inherited)).Select(TypeNotation.Of).ToArray();
        return $"public {kind} {name}{(names.Length == 0 ? "" : $" : {string.Join(", ", names)}")}";
    }

    private static string? Member(MemberInfo member) => member switch
    {
        ConstructorInfo { IsStatic: false } constructor when Shown(constructor) =>
            $"{Access(constructor)}{constructor.DeclaringType!.Name.Split('`')[0]}({Parameters(constructor)});",
        MethodInfo { IsSpecialName: true } accessor when !accessor.Name.StartsWith("op_", StringComparison.Ordinal) => null,
        MethodInfo method when Shown(method) => Method(method),
        PropertyInfo property => Property(property),
        FieldInfo { IsPublic: true, IsLiteral: true } constant =>
            $"public const {TypeNotation.Of(constant)} {constant.Name} = {constant.GetRawConstantValue()};",
        FieldInfo { IsPublic: true } field =>
            $"public {(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{TypeNotation.Of(field)} {field.Name};",
        _ => null,
    };

    private static string Method(MethodInfo method)
    {
        var typeParameters = method.IsGenericMethod ? method.GetGenericArguments() : [];
        var list = typeParameters.Length == 0 ? "" : $"<{string.Join(", ", typeParameters.Select(parameter => parameter.Name))}>";
        var constraints = string.Concat(typeParameters.Select(Constraint));
        return $"{Access(method)}{Modifier(method)}{TypeNotation.Of(method.ReturnParameter)} {method.Name}{list}({Parameters(method)}){constraints};";
    }

    private static string? Property(PropertyInfo property)
    {
        var accessors = new[] { property.GetMethod, property.SetMethod }.OfType<MethodInfo>().Where(Shown).ToArray();
        if (accessors.Length == 0)
            return null;
        var words = accessors.Select(accessor => accessor.ReturnType == typeof(void) ? IsInit(accessor) ? "init;" : "set;" : "get;");
        return $"{Access(accessors[0])}{Modifier(accessors[0])}{TypeNotation.Of(property)} {property.Name} {{ {string.Join(' ', words)} }}";
    }

    private static string Parameters(MethodBase method)
    {
        var parameters = method.GetParameters().Select(Parameter).ToArray();
        return (method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "") + string.Join(", ", parameters);
    }

    private static string Parameter(ParameterInfo parameter)
    {
        var prefix = parameter.IsOut ? "out " : parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "";
        var value = !parameter.HasDefaultValue ? "" : parameter.DefaultValue switch
        {
            null => " = default",
            bool flag => flag ? " = true" : " = false",
            var other => $" = {Convert.ToString(other, CultureInfo.InvariantCulture)}",
        };
        return $"{prefix}{TypeNotation.Of(parameter)} {parameter.Name}{value}";
    }

    private static string Constraint(Type parameter)
    {
        var isClass = parameter.GenericParameterAttributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint);
        var all = (isClass ? ["class"] : Array.Empty<string>()).Concat(parameter.GetGenericParameterConstraints().Select(TypeNotation.Of)).ToArray();
        return all.Length == 0 ? "" : $" where {parameter.Name} : {string.Join(", ", all)}";
    }

    private static string Usage(Type type) =>
        type.GetCustomAttributesData().FirstOrDefault(data => data.AttributeType == typeof(AttributeUsageAttribute)) is { } usage
            ? $"[AttributeUsage({string.Join(", ",
                usage.NamedArguments.Select(named => $"{named.MemberName} = {named.TypedValue.Value}")
                    .Prepend(((AttributeTargets)usage.ConstructorArguments[0].Value!).ToString()))})] "
            : "";

    private static string Access(MethodBase method) => method.DeclaringType!.IsInterface ? "" : method.IsPublic ? "public " : "protected ";

    private static string Modifier(MethodInfo method) => method switch
    {
        { DeclaringType.IsInterface: true } => "",
        { IsStatic: true } => "static ",
        { IsAbstract: true } => "abstract ",
        { IsVirtual: true } when method.GetBaseDefinition() != method => "override ",
        { IsVirtual: true, IsFinal: false } => "virtual ",
        _ => "",
    };

    private static bool Shown(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsInit(MethodInfo setter) => setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static bool IsDelegate(Type type) => type.IsSubclassOf(typeof(MulticastDelegate));

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$", Declared) is not null;
}
