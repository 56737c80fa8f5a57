using System.Reflection;

namespace Orchestrator.Durable.Abstractions.Tests.Surface;

/// <summary>Types as C# writes them, without namespaces and with the marks of nullable references.</summary>
internal static class TypeNotation
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(int)] = "int",
        [typeof(double)] = "double",
    };

    internal static string Of(ParameterInfo parameter) => Of(parameter.ParameterType, Flags(parameter, parameter.Member));

    internal static string Of(PropertyInfo property) => Of(property.PropertyType, Flags(property, (property.GetMethod ?? property.SetMethod)!));

    internal static string Of(FieldInfo field) => Of(field.FieldType, Flags(field, field));

    /// <summary>A type where nullable references do not matter.</summary>
    internal static string Of(Type type) => Of(type, new Queue<byte>());

    internal static string GenericName(Type type) => type.IsNested ? $"{GenericName(type.DeclaringType!)}.{type.Name}" : type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(argument => argument.Name))}>"
        : type.Name;

    // The compiler writes one flag for each reference in the type, in the order of the text (roslyn/docs/features/nullable-metadata.md).
    private static string Of(Type type, Queue<byte> flags)
    {
        if (type.IsByRef)
            return Of(type.GetElementType()!, flags);
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return Of(underlying, flags) + "?";
        if (type is { IsValueType: true, IsGenericType: false, IsGenericParameter: false })
            return Keywords.GetValueOrDefault(type, GenericName(type));
        var mark = Next(flags) == 2 ? "?" : "";
        if (type.IsArray)
            return $"{Of(type.GetElementType()!, flags)}[]{mark}";
        if (!type.IsGenericType)
            return Keywords.GetValueOrDefault(type, type.IsGenericParameter ? type.Name : GenericName(type)) + mark;
        var arguments = type.GetGenericArguments().Select(argument => Of(argument, flags)).ToArray();
        return $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", arguments)}>{mark}";
    }

    // A single flag stands for all of them, so it is never used up.
    private static byte Next(Queue<byte> flags) => flags.Count switch { 0 => 0, 1 => flags.Peek(), _ => flags.Dequeue() };

    private static Queue<byte> Flags(ICustomAttributeProvider provider, MemberInfo member)
    {
        var own = provider switch
        {
            ParameterInfo parameter => parameter.GetCustomAttributesData(),
            MemberInfo itself => itself.GetCustomAttributesData(),
            _ => throw new ArgumentException($"{provider.GetType()} has no flags.", nameof(provider)),
        };
        if (own.FirstOrDefault(data => data.AttributeType.Name == "NullableAttribute") is { } flags)
        {
            return flags.ConstructorArguments[0].Value is byte one
                ? new([one])
                : new(((IEnumerable<CustomAttributeTypedArgument>)flags.ConstructorArguments[0].Value!).Select(flag => (byte)flag.Value!));
        }

        for (MemberInfo? scope = member; scope is not null; scope = scope.DeclaringType)
        {
            if (scope.GetCustomAttributesData().FirstOrDefault(data => data.AttributeType.Name == "NullableContextAttribute") is { } context)
                return new([(byte)context.ConstructorArguments[0].Value!]);
        }

        return new();
    }
}
